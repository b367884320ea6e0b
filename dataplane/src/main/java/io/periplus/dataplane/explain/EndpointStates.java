package io.periplus.dataplane.explain;

import io.periplus.api.why.EndpointState;
import io.periplus.api.why.Endpoints;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.index.AddressChoice;
import io.periplus.dataplane.index.Endpoint;
import io.periplus.dataplane.index.EndpointChooser;
import io.periplus.dataplane.index.ServiceEntry;
import io.periplus.wire.workload.LoadBalancing;
import io.periplus.wire.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The endpoints of a service as ztunnel's choice sees them. */
public final class EndpointStates {
    private EndpointStates() {}

    /** @param chosen uid of the endpoint that the explanation goes on with, {@code null} if there is none */
    public static Endpoints of(
            ServiceEntry service, int port, Workload client, EndpointChooser.Purpose purpose, @Nullable String chosen) {
        var candidates = EndpointChooser.candidates(service, port, client, purpose);
        int best = candidates.stream()
                .mapToInt(EndpointChooser.Candidate::rank)
                .max()
                .orElse(-1);
        List<EndpointState> states = new ArrayList<>(candidates.size());
        candidates.forEach(candidate -> {
            Workload workload = candidate.endpoint().workload();
            boolean drawn = candidate.obstacle() == null && candidate.rank() == best;
            states.add(new EndpointState(
                    Names.of(workload).toString(),
                    addressOf(service, candidate.endpoint(), port),
                    drawn,
                    workload.getUid().equals(chosen),
                    why(candidate, best, workload, client)));
        });
        return new Endpoints(service.key() + ":" + port, rule(service), List.copyOf(states));
    }

    private static String addressOf(ServiceEntry service, Endpoint endpoint, int port) {
        IpAddress address = AddressChoice.choose(endpoint.workload(), service.service(), null);
        int target = endpoint.targetPort(service.service(), port);
        return address == null ? endpoint.workload().getHostname() + ":" + target : Names.of(address, target);
    }

    private static String why(EndpointChooser.Candidate candidate, int best, Workload workload, Workload client) {
        if (candidate.obstacle() != null) {
            return candidate.obstacle().toString();
        }
        String place = workload.getNode().equals(client.getNode()) ? "on the client's node" : placeOf(workload);
        return candidate.rank() == best ? place : place + "; others are nearer";
    }

    private static String placeOf(Workload workload) {
        var locality = workload.getLocality();
        String place = List.of(locality.getRegion(), locality.getZone(), locality.getSubzone()).stream()
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining("/"));
        return "on node " + workload.getNode() + (place.isEmpty() ? "" : " in " + place);
    }

    private static String rule(ServiceEntry service) {
        LoadBalancing balancing = service.service().getLoadBalancing();
        String preferences = balancing.getRoutingPreferenceList().stream()
                .map(scope -> scope.name().toLowerCase(java.util.Locale.ROOT))
                .collect(Collectors.joining(", "));
        return switch (balancing.getMode()) {
            case STRICT -> "at random, only those with the client's " + preferences;
            case FAILOVER -> "at random among the nearest by " + preferences;
            case PASSTHROUGH -> "the address that the client asked for";
            case UNSPECIFIED_MODE, UNRECOGNIZED -> "at random, anew for each connection";
        };
    }
}
