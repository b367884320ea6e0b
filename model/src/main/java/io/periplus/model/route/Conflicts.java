package io.periplus.model.route;

import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Index;
import io.periplus.model.input.RouteKey;
import io.periplus.model.input.RouteKey.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decides between routes of different kinds that want the same traffic: at a port of a service the kind decides (GRPCRoute,
 * HTTPRoute, TLSRoute, TCPRoute), at a listener and host name the age does (HTTPRoute and GRPCRoute). Routes of one kind never
 * conflict: proxies merge them, or let the oldest carry the traffic.
 */
record Conflicts(Index<Meeting, RouteKey, RouteParents> meetings) {
    private static final String CONFLICTED = "Conflicted";

    /** The route where it is after all, refused by parents where others displace it everywhere. */
    RouteParents settle(Fetch fetch, RouteParents route) {
        Map<RouteKey, Map<ListenerKey, Boolean>> known = new HashMap<>();
        return new RouteParents(
                route.key(),
                route.created(),
                route.outcomes().stream()
                        .map(outcome -> settle(fetch, route, outcome, known))
                        .toList());
    }

    private ParentOutcome settle(
            Fetch fetch, RouteParents route, ParentOutcome outcome, Map<RouteKey, Map<ListenerKey, Boolean>> known) {
        List<Place> remaining = new ArrayList<>();
        RouteKey winner = null;
        for (Place place : outcome.places()) {
            switch (place) {
                case Place.AtService at -> {
                    Place.AtService rest = undisputed(fetch, route.key().kind(), at);
                    if (rest != null) {
                        remaining.add(rest);
                    } else {
                        winner = above(fetch, route.key().kind(), at, at.ports().getFirst());
                    }
                }
                case Place.AtListener at -> {
                    RouteParents other = displacing(fetch, route, at, known);
                    if (other == null) {
                        remaining.add(at);
                    } else {
                        winner = other.key();
                    }
                }
            }
        }
        if (winner == null) {
            return remaining.equals(outcome.places()) ? outcome : outcome.at(List.copyOf(remaining));
        }
        return remaining.isEmpty()
                ? outcome.refused(
                        CONFLICTED,
                        winner.kind().kind() + " \"" + winner.name() + "\" has the same traffic; routes of different"
                                + " kinds are not merged")
                : outcome.at(List.copyOf(remaining));
    }

    // The ports that no route of a stronger kind has; null for none.
    private Place.@Nullable AtService undisputed(Fetch fetch, Kind kind, Place.AtService at) {
        List<Integer> ports = at.ports().stream()
                .filter(port -> above(fetch, kind, at, port) == null)
                .toList();
        if (ports.isEmpty()) {
            return null;
        }
        boolean all = ports.size() == at.ports().size();
        return all ? at : new Place.AtService(at.service(), ports, false, at.group(), at.waypoints());
    }

    private @Nullable RouteKey above(Fetch fetch, Kind kind, Place.AtService at, int port) {
        for (Kind stronger : Kind.values()) {
            if (stronger.compareTo(kind) >= 0) {
                return null;
            }
            List<RouteParents> others = fetch.by(meetings, Meeting.port(at, port, stronger));
            if (!others.isEmpty()) {
                return others.getFirst().key();
            }
        }
        return null;
    }

    private @Nullable RouteParents displacing(
            Fetch fetch, RouteParents route, Place.AtListener at, Map<RouteKey, Map<ListenerKey, Boolean>> known) {
        Kind rival = switch (route.key().kind()) {
            case HTTP -> Kind.GRPC;
            case GRPC -> Kind.HTTP;
            case TLS, TCP -> null;
        };
        if (rival == null) {
            return null;
        }
        for (Meeting meeting : Meeting.rivals(at, rival)) {
            for (RouteParents other : fetch.by(meetings, meeting)) {
                if (other.isBefore(route)
                        && !isDisplaced(fetch, other, at.listener().key(), known)) {
                    return other;
                }
            }
        }
        return null;
    }

    // Ends because each one asked about is older than the one that asks.
    private boolean isDisplaced(
            Fetch fetch, RouteParents route, ListenerKey listener, Map<RouteKey, Map<ListenerKey, Boolean>> known) {
        Map<ListenerKey, Boolean> answers = known.computeIfAbsent(route.key(), key -> new HashMap<>());
        Boolean answer = answers.get(listener);
        if (answer == null) {
            answer = route.atListeners()
                    .filter(at -> at.listener().key().equals(listener))
                    .map(at -> displacing(fetch, route, at, known))
                    .allMatch(Objects::nonNull);
            answers.put(listener, answer);
        }
        return answer;
    }
}
