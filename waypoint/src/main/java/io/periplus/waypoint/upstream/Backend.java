package io.periplus.waypoint.upstream;

import io.netty.util.NetUtil;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.index.WorkloadIndex;
import io.periplus.wire.workload.Workload;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a request goes: one port of one workload.
 *
 * @param address the workload's address and the port the application listens on; unresolved while nothing is known but the
 *     name
 * @param tunnelled whether the workload takes HBONE; plain TCP otherwise
 * @param tunnelEnd where the tunnel ends if not at {@code address}: the workload is a waypoint, and the address that of a
 *     service behind it; null otherwise
 */
public record Backend(
        Workload workload,
        InetSocketAddress address,
        boolean tunnelled,
        @Nullable InetSocketAddress tunnelEnd) {
    /** A workload that is reached at its own address. */
    public Backend(Workload workload, InetSocketAddress address, boolean tunnelled) {
        this(workload, address, tunnelled, null);
    }

    /** The same workload at another of its addresses. */
    Backend at(InetSocketAddress other) {
        return new Backend(workload, other, tunnelled, tunnelEnd);
    }

    /** What is known of its workload by now. */
    public Workload newest(WorkloadIndex index) {
        Workload known = index.workload(workload.getUid());
        return known == null ? workload : known;
    }

    /** Its address; while nothing is known but the name, the address by which the client knows it. */
    public IpAddress ip(IpAddress addressed) {
        return address.isUnresolved() ? addressed : IpAddress.of(address.getAddress());
    }

    /** Two are the same when connections to them can stand for each other; a workload's other fields may change. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Backend that
                && tunnelled == that.tunnelled
                && address.equals(that.address)
                && workload.getUid().equals(that.workload.getUid());
    }

    @Override
    public int hashCode() {
        return Objects.hash(workload.getUid(), address);
    }

    @Override
    public String toString() {
        return NetUtil.toSocketAddressString(address);
    }
}
