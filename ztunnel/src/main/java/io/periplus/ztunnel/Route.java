package io.periplus.ztunnel;

import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.index.Upstream;
import io.periplus.wire.workload.Service;
import java.net.InetSocketAddress;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where an outgoing connection goes, and why that way. */
sealed interface Route {
    /** The service that the client addressed, {@code null} if none. */
    @Nullable
    Service service();

    /**
     * Through a tunnel.
     *
     * @param hop the destination itself or the waypoint before it
     * @param hbone address and port that speak HBONE
     * @param authority what the CONNECT asks for
     * @param toWaypoint whether the hop is a waypoint
     */
    record Tunnel(
            Upstream hop,
            InetSocketAddress hbone,
            String authority,
            boolean toWaypoint,
            @Nullable Service service) implements Route {}

    /**
     * To another network: through a tunnel to its gateway, and within that through a second one to whoever answers there.
     *
     * @param gateway of the network
     * @param hbone address and port of the gateway that speak HBONE
     * @param beyond what was chosen there, an endpoint or a waypoint; which workload answers is the gateway's choice
     * @param authority what both CONNECTs ask for: host name and port of the service
     */
    record Across(
            Upstream gateway,
            InetSocketAddress hbone,
            Upstream beyond,
            String authority,
            boolean toWaypoint,
            Service service)
            implements Route {}

    /**
     * Plain TCP to a workload outside the mesh's encryption, or to an address the mesh does not know.
     *
     * @param target {@code null} for an unknown address
     */
    record Direct(
            InetSocketAddress address,
            @Nullable Upstream target,
            @Nullable Service service) implements Route {}

    /**
     * To a workload that is known by host name only: resolve that, then go on as {@code next} says.
     *
     * @param authority what the waypoint or gateway is asked for; {@code null} if the hop is neither
     * @param next the route, given the address
     */
    record Named(
            Upstream hop,
            @Nullable String authority,
            @Nullable Service service,
            Function<IpAddress, Route> next) implements Route {}

    /**
     * Not known yet: the control plane has to be asked for something first.
     *
     * @param lacking the name to ask for
     */
    record Undecided(String lacking, @Nullable Service service) implements Route {}

    /**
     * Nowhere.
     *
     * @param forWaypoint whether the waypoint is the reason, which may be back in a moment
     */
    record Refused(
            String reason, boolean forWaypoint, @Nullable Service service) implements Route {}
}
