package io.periplus.dataplane.explain;

import io.netty.util.NetUtil;
import io.periplus.api.why.PodName;
import io.periplus.wire.workload.Workload;
import java.net.InetSocketAddress;

/** How answers write what the index knows. */
public final class Names {
    private Names() {}

    /** {@code ip:port}, an IPv6 address in brackets; the host name while it is unresolved. */
    public static String of(InetSocketAddress address) {
        return address.isUnresolved()
                ? address.getHostString() + ":" + address.getPort()
                : NetUtil.toSocketAddressString(address);
    }

    /** {@code ip:port} */
    public static String of(io.periplus.dataplane.address.IpAddress address, int port) {
        return of(new InetSocketAddress(address.toInetAddress(), port));
    }

    /** The workload's name in the mesh. */
    public static PodName of(Workload workload) {
        return new PodName(workload.getNamespace(), workload.getName());
    }
}
