package io.periplus.dataplane.index;

import io.periplus.api.SpiffeId;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.TunnelProtocol;
import io.periplus.wire.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A chosen workload and how to reach it.
 *
 * @param service the service it was chosen for; {@code null} when the workload itself was addressed
 * @param port the workload's port, 1 to 65535
 * @param address where to connect; {@code null} if the workload is known by host name only, or only through its
 *     network's gateway
 */
public record Upstream(
        Workload workload,
        @Nullable Service service,
        int port,
        @Nullable IpAddress address) {
    /** Whom the client accepts at the other end: the service's names and the workload's own identity. */
    public List<SpiffeId> identities() {
        List<SpiffeId> own = List.of(WorkloadIdentity.of(workload));
        if (service == null || service.getSubjectAltNamesCount() == 0) {
            return own;
        }
        List<SpiffeId> all = new ArrayList<>(WorkloadIdentity.of(service));
        all.addAll(own);
        return List.copyOf(all);
    }

    /**
     * Whom the client accepts when it does not know which workload answers: the service's names alone, so nobody where it has
     * none.
     */
    public List<SpiffeId> serviceIdentities() {
        return service == null ? List.of() : WorkloadIdentity.of(service);
    }

    /** Whether the workload is reached through a tunnel. */
    public boolean isHbone() {
        return workload.getTunnelProtocol() == TunnelProtocol.HBONE;
    }

    /** Whether the workload is on another network than {@code network}. */
    public boolean isRemoteTo(String network) {
        return !workload.getNetwork().equals(network);
    }
}
