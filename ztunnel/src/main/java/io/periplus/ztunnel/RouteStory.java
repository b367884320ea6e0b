package io.periplus.ztunnel;

import io.periplus.api.SpiffeId;
import io.periplus.api.why.Answer;
import io.periplus.api.why.Hop;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.explain.EndpointStates;
import io.periplus.dataplane.explain.Names;
import io.periplus.dataplane.index.Addressed;
import io.periplus.dataplane.index.EndpointChooser;
import io.periplus.dataplane.index.EndpointChooser.Purpose;
import io.periplus.dataplane.index.ServiceEntry;
import io.periplus.dataplane.index.Upstream;
import io.periplus.dataplane.index.WorkloadIdentity;
import io.periplus.dataplane.index.WorkloadIndex;
import io.periplus.wire.workload.GatewayAddress;
import io.periplus.wire.workload.Port;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.WeightedWaypoint;
import io.periplus.wire.workload.Workload;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Tells a route: the endpoints it was chosen among, where it leads and as whom. */
final class RouteStory {
    private final Answer.Builder answer;
    private final WorkloadIndex index;
    private final Workload client;
    private final @Nullable Addressed addressed;
    private final int port;

    /** @param addressed what the client asked for, at {@code port}; {@code null} for an address that nobody knows */
    RouteStory(Answer.Builder answer, WorkloadIndex index, Workload client, @Nullable Addressed addressed, int port) {
        this.answer = answer;
        this.index = index;
        this.client = client;
        this.addressed = addressed;
        this.port = port;
    }

    Answer told(Route route) {
        return switch (route) {
            case Route.Refused refused -> told(refused);
            case Route.Undecided undecided ->
                answer.failed("the control plane does not say what " + undecided.lacking() + " is", null);
            case Route.Tunnel tunnel when tunnel.toWaypoint() -> toWaypoint(tunnel);
            case Route.Tunnel tunnel -> {
                endpoints(tunnel.hop());
                yield answer.goesOn(
                        "goes to " + Names.of(tunnel.hop().workload()) + " through a tunnel", hop("workload", tunnel));
            }
            case Route.Across across -> told(across);
            case Route.Direct direct -> told(direct);
            case Route.Named named -> told(named);
        };
    }

    private Answer told(Route.Refused refused) {
        if (refused.forWaypoint()) {
            answer.advise(
                    "bring the waypoint up, or take the traffic off it with the label istio.io/use-waypoint=none");
        } else if (addressed instanceof Addressed.OfService(ServiceEntry service)) {
            endpoints(null);
            answer.advise(
                    service.declaresPort(port)
                            ? hasUsable(service)
                                    ? "connect the two networks with an east-west gateway, or run an endpoint on this one"
                                    : "make an endpoint of the service ready"
                            : "ask for a port that the service declares: "
                                    + service.service().getPortsList().stream()
                                            .map(Port::getServicePort)
                                            .map(String::valueOf)
                                            .collect(Collectors.joining(", ")));
        }
        return answer.failed(refused.reason(), ClientNames.nameOf(addressed));
    }

    /** Whether there are endpoints, which then are out of reach. */
    private boolean hasUsable(ServiceEntry service) {
        return EndpointChooser.candidates(service, port, client, Purpose.SERVICE).stream()
                .anyMatch(candidate -> candidate.obstacle() == null);
    }

    private Answer toWaypoint(Route.Tunnel tunnel) {
        Service gateway = tunnel.hop().service();
        ServiceEntry entry = gateway == null ? null : index.service(gateway.getNamespace(), gateway.getHostname());
        if (entry != null) {
            answer.endpoints(EndpointStates.of(
                    entry,
                    waypointPort(),
                    client,
                    Purpose.GATEWAY,
                    tunnel.hop().workload().getUid()));
        }
        if (addressed instanceof Addressed.OfService(ServiceEntry service)) {
            shares(service.service());
        }
        return answer.goesOn("goes to a waypoint first", hop("waypoint", tunnel));
    }

    private void shares(Service service) {
        for (WeightedWaypoint weighted : service.getWeightedWaypointsList()) {
            answer.note("waypoint " + nameOf(weighted.getDestination()) + " takes connections with weight "
                    + Integer.toUnsignedString(weighted.getWeight()));
        }
    }

    private static String nameOf(GatewayAddress waypoint) {
        return waypoint.hasHostname()
                ? waypoint.getHostname().getNamespace() + "/"
                        + waypoint.getHostname().getHostname()
                : IpAddress.ofBytes(waypoint.getAddress().getAddress()).toString();
    }

    /** Where instances speak HBONE; the same for all waypoints that one thing may have. */
    private int waypointPort() {
        GatewayAddress waypoint = switch (addressed) {
            case Addressed.OfService(ServiceEntry service)
            when service.service().hasWaypoint() -> service.service().getWaypoint();
            case Addressed.OfService(ServiceEntry service) ->
                service.service().getWeightedWaypoints(0).getDestination();
            case Addressed.OfWorkload(Workload workload) -> workload.getWaypoint();
            case null -> GatewayAddress.getDefaultInstance();
        };
        return waypoint.getHboneMtlsPort();
    }

    private Answer told(Route.Direct direct) {
        Upstream target = direct.target();
        if (target == null) {
            String why = addressed == null
                    ? "the mesh does not know " + direct.address().getAddress().getHostAddress()
                    : ClientNames.nameOf(addressed) + " is not balanced";
            return answer.goesOn(
                    why + ": the connection passes through in clear",
                    new Hop("unknown", null, null, "", "", Names.of(direct.address()), false, null, null, List.of()));
        }
        endpoints(target);
        Workload workload = target.workload();
        return answer.goesOn(
                Names.of(workload) + " takes no tunnels: it is reached in clear, without an identity",
                new Hop(
                        "workload",
                        null,
                        Names.of(workload),
                        workload.getNode(),
                        workload.getClusterId(),
                        Names.of(direct.address()),
                        false,
                        null,
                        null,
                        List.of()));
    }

    private Answer told(Route.Across across) {
        if (!across.toWaypoint()) {
            endpoints(across.beyond());
        }
        String network = across.beyond().workload().getNetwork();
        answer.note("inside the gateway's tunnel goes a second one, to whoever answers there as "
                + identities(across.beyond().serviceIdentities()));
        Workload gateway = across.gateway().workload();
        return answer.goesOn(
                (across.toWaypoint() ? "goes to a waypoint on network " : "goes on to network ") + network
                        + " through its gateway",
                new Hop(
                        "gateway",
                        null,
                        null,
                        gateway.getNode(),
                        gateway.getClusterId(),
                        Names.of(across.hbone()),
                        true,
                        across.authority(),
                        WorkloadIdentity.of(client).toString(),
                        texts(across.gateway().identities())));
    }

    private static String identities(List<SpiffeId> any) {
        return String.join(" or ", texts(any));
    }

    private static List<String> texts(List<SpiffeId> identities) {
        return identities.stream().map(SpiffeId::toString).toList();
    }

    private Answer told(Route.Named named) {
        endpoints(named.hop());
        Workload workload = named.hop().workload();
        boolean tunnelled = named.authority() != null || named.hop().isHbone();
        return answer.goesOn(
                "goes to " + Names.of(workload) + ", whose host name each connection resolves",
                new Hop(
                        named.authority() == null ? "workload" : "waypoint",
                        null,
                        Names.of(workload),
                        workload.getNode(),
                        workload.getClusterId(),
                        workload.getHostname() + ":" + named.hop().port(),
                        tunnelled,
                        named.authority(),
                        tunnelled ? WorkloadIdentity.of(client).toString() : null,
                        tunnelled ? texts(named.hop().identities()) : List.of()));
    }

    private void endpoints(@Nullable Upstream chosen) {
        if (addressed instanceof Addressed.OfService(ServiceEntry service)) {
            String uid = chosen == null ? null : chosen.workload().getUid();
            answer.endpoints(EndpointStates.of(service, port, client, Purpose.SERVICE, uid));
        }
    }

    private Hop hop(String kind, Route.Tunnel tunnel) {
        Workload workload = tunnel.hop().workload();
        Service of = tunnel.toWaypoint() ? tunnel.hop().service() : null;
        return new Hop(
                kind,
                of == null ? null : of.getNamespace() + "/" + of.getHostname(),
                Names.of(workload),
                workload.getNode(),
                workload.getClusterId(),
                Names.of(tunnel.hbone()),
                true,
                tunnel.authority(),
                WorkloadIdentity.of(client).toString(),
                texts(tunnel.hop().identities()));
    }
}
