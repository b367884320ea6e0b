package io.periplus.dataplane.index;

import io.periplus.dataplane.address.IpAddress;
import io.periplus.wire.workload.LoadBalancing;
import io.periplus.wire.workload.Workload;
import io.periplus.wire.workload.WorkloadStatus;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Chooses an endpoint of a service: usable ones, of those the nearest that the service prefers, of those one at random
 * by capacity. Each connection chooses anew. Stateless; one pass to find the best rank and its weight, one to pick.
 */
public final class EndpointChooser {
    /** What the service is addressed as. */
    public enum Purpose {
        /** The client asked for the service: its port has to be declared. */
        SERVICE,
        /** The service is a waypoint or gateway: endpoints with an application tunnel take any port. */
        GATEWAY
    }

    /** Why an endpoint is left out. */
    public enum Obstacle {
        /** It was tried in vain. */
        TRIED("was tried in vain"),
        /** It is not ready, and the service wants only those that are. */
        UNHEALTHY("is not ready"),
        /** Nothing says where it is. */
        NO_ADDRESS("has no address that can be reached from here"),
        /** It asks for no traffic. */
        NO_CAPACITY("has capacity 0"),
        /** It does not serve the port. */
        NO_PORT("does not serve the port"),
        /** The service insists on a place ({@code internalTrafficPolicy: Local} and its like), and it is elsewhere. */
        ELSEWHERE("is elsewhere, and the service insists on endpoints near the client"),
        /** The service is not balanced at all. */
        PASSTHROUGH("is not chosen: the service passes connections through");

        private final String text;

        Obstacle(String text) {
            this.text = text;
        }

        /** Continues a sentence that begins with the endpoint. */
        @Override
        public String toString() {
            return text;
        }

        /** As {@link #rank} returns it: below every rank. */
        private int code() {
            return UNUSABLE - ordinal();
        }
    }

    /**
     * An endpoint as the choice sees it.
     *
     * @param rank higher is nearer; only those of the highest rank are drawn from
     * @param obstacle why it is left out, {@code null} if it can be used
     */
    public record Candidate(
            Endpoint endpoint, int rank, @Nullable Obstacle obstacle) {}

    private static final int UNUSABLE = -1;
    private static final Obstacle[] OBSTACLES = Obstacle.values();

    private final RandomGenerator random;

    public EndpointChooser(RandomGenerator random) {
        this.random = random;
    }

    /**
     * Chooses an endpoint.
     *
     * @param servicePort the port of the service
     * @param client whose place counts for locality and network
     * @param destination the original destination, whose family is preferred; {@code null} if none
     * @param avoid uids of endpoints that were tried in vain; used again only if nothing else is left
     * @return {@code null} if no endpoint is usable
     */
    public @Nullable Upstream choose(
            ServiceEntry service,
            int servicePort,
            Workload client,
            @Nullable IpAddress destination,
            Purpose purpose,
            Set<String> avoid) {
        Upstream chosen = pick(service, servicePort, client, destination, purpose, avoid);
        return chosen == null && !avoid.isEmpty()
                ? pick(service, servicePort, client, destination, purpose, Set.of())
                : chosen;
    }

    /** All endpoints of a service as {@link #choose} sees them; chooses none. */
    public static List<Candidate> candidates(ServiceEntry service, int servicePort, Workload client, Purpose purpose) {
        return service.endpoints().stream()
                .map(endpoint -> {
                    int rank = rank(service, endpoint, servicePort, client, purpose, Set.of());
                    return rank < 0
                            ? new Candidate(endpoint, UNUSABLE, OBSTACLES[UNUSABLE - rank])
                            : new Candidate(endpoint, rank, null);
                })
                .toList();
    }

    private @Nullable Upstream pick(
            ServiceEntry service,
            int servicePort,
            Workload client,
            @Nullable IpAddress destination,
            Purpose purpose,
            Set<String> avoid) {
        List<Endpoint> endpoints = service.endpoints();
        int bestRank = UNUSABLE;
        long weight = 0;
        for (int i = 0; i < endpoints.size(); i++) {
            int rank = rank(service, endpoints.get(i), servicePort, client, purpose, avoid);
            if (rank > bestRank) {
                bestRank = rank;
                weight = 0;
            }
            if (rank == bestRank && rank > UNUSABLE) {
                weight += capacity(endpoints.get(i).workload());
            }
        }
        if (bestRank == UNUSABLE) {
            return null;
        }
        long ticket = random.nextLong(weight);
        for (int i = 0; i < endpoints.size(); i++) {
            Endpoint endpoint = endpoints.get(i);
            if (rank(service, endpoint, servicePort, client, purpose, avoid) == bestRank) {
                ticket -= capacity(endpoint.workload());
                if (ticket < 0) {
                    return new Upstream(
                            endpoint.workload(),
                            service.service(),
                            endpoint.targetPort(service.service(), servicePort),
                            AddressChoice.choose(endpoint.workload(), service.service(), destination));
                }
            }
        }
        throw new IllegalStateException("weights of an immutable endpoint list changed");
    }

    /** How near the endpoint is, 0 or more; or the code of what speaks against it. */
    private static int rank(
            ServiceEntry service,
            Endpoint endpoint,
            int servicePort,
            Workload client,
            Purpose purpose,
            Set<String> avoid) {
        Workload workload = endpoint.workload();
        if (!avoid.isEmpty() && avoid.contains(workload.getUid())) {
            return Obstacle.TRIED.code();
        }
        if (workload.getStatus() == WorkloadStatus.UNHEALTHY && !service.allowsUnhealthy()) {
            return Obstacle.UNHEALTHY.code();
        }
        if (!isReachable(workload, client)) {
            return Obstacle.NO_ADDRESS.code();
        }
        if (capacity(workload) == 0) {
            return Obstacle.NO_CAPACITY.code();
        }
        if (!takesPort(service, endpoint, servicePort, purpose)) {
            return Obstacle.NO_PORT.code();
        }
        LoadBalancing balancing = service.service().getLoadBalancing();
        List<LoadBalancing.Scope> preferences = balancing.getRoutingPreferenceList();
        return switch (balancing.getMode()) {
            case STRICT -> EndpointPreference.matchesAll(preferences, client, workload) ? 0 : Obstacle.ELSEWHERE.code();
            case FAILOVER -> EndpointPreference.rank(preferences, client, workload);
            case PASSTHROUGH -> Obstacle.PASSTHROUGH.code();
            case UNSPECIFIED_MODE, UNRECOGNIZED -> 0;
        };
    }

    private static boolean isReachable(Workload workload, Workload client) {
        return workload.getAddressesCount() > 0
                || !workload.getHostname().isEmpty()
                || (workload.hasNetworkGateway() && !workload.getNetwork().equals(client.getNetwork()));
    }

    private static boolean takesPort(ServiceEntry service, Endpoint endpoint, int servicePort, Purpose purpose) {
        boolean tunnelled = purpose == Purpose.GATEWAY && endpoint.workload().hasApplicationTunnel();
        return (tunnelled || service.declaresPort(servicePort))
                && endpoint.targetPort(service.service(), servicePort) != Endpoint.NO_PORT;
    }

    private static long capacity(Workload workload) {
        return workload.hasCapacity()
                ? Integer.toUnsignedLong(workload.getCapacity().getValue())
                : 1;
    }
}
