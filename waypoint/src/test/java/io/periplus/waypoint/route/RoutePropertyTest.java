package io.periplus.waypoint.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.wire.waypoint.NamedMatch;
import io.periplus.wire.waypoint.Route;
import io.periplus.wire.waypoint.RouteMatch;
import io.periplus.wire.waypoint.RouteParent;
import io.periplus.wire.waypoint.RouteRule;
import io.periplus.wire.waypoint.ServiceParent;
import io.periplus.wire.waypoint.ServiceTarget;
import io.periplus.wire.waypoint.StringMatch;
import io.periplus.wire.workload.AppProtocol;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The compiled table against a matcher that reads the specification word by word: every match of every route in one list,
 * sorted, tried one after the other.
 */
class RoutePropertyTest {
    private static final int TABLES = 150;
    private static final int REQUESTS = 60;
    private static final String HOSTNAME = "a.ns.svc.cluster.local";
    private static final String[] SEGMENTS = {"a", "b", "ab", "a.b", ""};
    private static final String[] METHODS = {"", "GET", "POST"};

    private record Flat(Route route, String name, int position, RouteMatch match) {}

    private final Random random = new Random(20_26);

    @Test
    void theTableFindsWhatTheSpecificationSays() {
        int found = 0;
        for (int i = 0; i < TABLES; i++) {
            List<Route> routes = routes();
            RouteStore store = new RouteStore();
            // In several pushes, some of them twice: the order of arrival must not matter.
            List<Route> arriving = new ArrayList<>(routes);
            arriving.addAll(routes.subList(0, routes.size() / 2));
            Collections.shuffle(arriving, random);
            arriving.forEach(route -> store.apply(Map.of(RoutesOf.nameOf(route), route), List.of()));
            for (int j = 0; j < REQUESTS; j++) {
                RequestHead request = request();
                String client = random.nextBoolean() ? "ns" : "consumer";
                int port = random.nextBoolean() ? 80 : 81;
                String expected = naive(routes, port, client, request);
                String actual = name(store.table().route(service(port), client, request));
                assertThat(actual)
                        .as("%s %s from %s to %d among %s", request, request.headers(), client, port, routes)
                        .isEqualTo(expected);
                found += actual.startsWith("N") || actual.equals("default") ? 0 : 1;
            }
        }
        assertThat(found).as("requests that some rule took").isGreaterThan(TABLES * REQUESTS / 10);
    }

    private static Destination.OfService service(int port) {
        IpAddress address = IpAddress.of(InetAddress.getLoopbackAddress());
        return new Destination.OfService("ns/" + HOSTNAME, "ns", HOSTNAME, "a", address, port, AppProtocol.HTTP11);
    }

    private static String name(Routing routing) {
        return routing instanceof io.periplus.waypoint.route.Route route ? route.name() : routing.toString();
    }

    // ---- the reference

    private static String naive(List<Route> all, int port, String client, RequestHead request) {
        List<Route> attached = all.stream()
                .filter(route -> route.getParentsList().stream().anyMatch(parent -> {
                    int wanted = parent.getService().getPort();
                    return wanted == 0 || wanted == port;
                }))
                .toList();
        List<Route> consumers = attached.stream()
                .filter(route -> !route.getNamespace().equals("ns")
                        && route.getNamespace().equals(client))
                .toList();
        List<Route> group = consumers.isEmpty()
                ? attached.stream()
                        .filter(route -> route.getNamespace().equals("ns"))
                        .toList()
                : consumers;
        if (group.isEmpty()) {
            return "default";
        }
        return group.stream()
                .flatMap(route -> flat(route).stream())
                .sorted(Comparator.<Flat>comparingInt(flat -> rank(flat.match()))
                        .thenComparing(flat -> -path(flat.match()).getValue().length())
                        .thenComparing(flat -> flat.match().getMethod().isEmpty())
                        .thenComparing(
                                flat -> -names(flat.match().getHeadersList()).size())
                        .thenComparing(flat ->
                                -names(flat.match().getQueryParamsList()).size())
                        .thenComparing(flat -> flat.route().getCreatedSeconds())
                        .thenComparing(flat ->
                                flat.route().getNamespace() + "/" + flat.route().getName())
                        .thenComparing(Flat::position))
                .filter(flat -> matches(flat.match(), request))
                .map(Flat::name)
                .findFirst()
                .orElse("NOT_FOUND");
    }

    private static List<Flat> flat(Route route) {
        List<Flat> out = new ArrayList<>();
        for (int i = 0; i < route.getRulesCount(); i++) {
            String name = route.getNamespace() + "." + route.getName() + "." + i;
            List<RouteMatch> matches = route.getRules(i).getMatchesList();
            for (RouteMatch match : matches.isEmpty() ? List.of(RouteMatch.getDefaultInstance()) : matches) {
                out.add(new Flat(route, name, out.size(), match));
            }
        }
        return out;
    }

    private static StringMatch path(RouteMatch match) {
        return match.hasPath()
                ? match.getPath()
                : StringMatch.newBuilder()
                        .setType(StringMatch.Type.PATH_PREFIX)
                        .setValue("/")
                        .build();
    }

    private static int rank(RouteMatch match) {
        return switch (path(match).getType()) {
            case EXACT -> 0;
            case PATH_PREFIX -> 1;
            default -> 2;
        };
    }

    private static Map<String, StringMatch> names(List<NamedMatch> conditions) {
        Map<String, StringMatch> first = new HashMap<>();
        conditions.forEach(condition -> first.putIfAbsent(condition.getName(), condition.getValue()));
        return first;
    }

    private static boolean matches(RouteMatch match, RequestHead request) {
        String[] target = request.path().split("\\?", 2);
        StringMatch path = path(match);
        boolean pathMatches = switch (path.getType()) {
            case EXACT -> target[0].equals(path.getValue());
            case PATH_PREFIX -> (target[0] + "/").startsWith(path.getValue().replaceAll("/$", "") + "/");
            default -> Pattern.matches(path.getValue(), target[0]);
        };
        Map<String, String> query = new HashMap<>();
        if (target.length == 2) {
            for (String pair : target[1].split("&", -1)) {
                String[] parts = pair.split("=", 2);
                query.putIfAbsent(parts[0], parts.length == 2 ? parts[1] : "");
            }
        }
        return pathMatches
                && (match.getMethod().isEmpty() || match.getMethod().equals(request.method()))
                && names(match.getHeadersList()).entrySet().stream()
                        .allMatch(entry -> is(
                                        entry.getValue(),
                                        String.join(",", request.headers().getAll(entry.getKey())))
                                && request.headers().contains(entry.getKey()))
                && names(match.getQueryParamsList()).entrySet().stream()
                        .allMatch(entry ->
                                query.containsKey(entry.getKey()) && is(entry.getValue(), query.get(entry.getKey())));
    }

    private static boolean is(StringMatch match, String value) {
        return match.getType() == StringMatch.Type.EXACT
                ? match.getValue().equals(value)
                : Pattern.matches(match.getValue(), value);
    }

    // ---- what is tried

    private List<Route> routes() {
        List<Route> routes = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(6); i++) {
            Route.Builder route = Route.newBuilder()
                    .setNamespace(random.nextInt(3) == 0 ? "consumer" : "ns")
                    .setName("r" + i)
                    .setCreatedSeconds(random.nextInt(2))
                    .addParents(RouteParent.newBuilder()
                            .setService(ServiceParent.newBuilder()
                                    .setPort(random.nextInt(3) == 0 ? 80 : 0)
                                    .setService(ServiceTarget.newBuilder()
                                            .setNamespace("ns")
                                            .setHostname(HOSTNAME))));
            for (int j = 0; j < 1 + random.nextInt(3); j++) {
                RouteRule.Builder rule = RouteRule.newBuilder();
                for (int k = 0; k < random.nextInt(4); k++) {
                    rule.addMatches(match());
                }
                route.addRules(rule);
            }
            routes.add(route.build());
        }
        return routes;
    }

    private RouteMatch match() {
        RouteMatch.Builder match = RouteMatch.newBuilder().setMethod(METHODS[random.nextInt(METHODS.length)]);
        switch (random.nextInt(5)) {
            case 0 -> match.setPath(value(StringMatch.Type.EXACT, path()));
            case 1, 2 -> match.setPath(value(StringMatch.Type.PATH_PREFIX, path()));
            case 3 -> match.setPath(value(StringMatch.Type.REGEX, path().replace("b", "[^/]*")));
            default -> {
                // Every path.
            }
        }
        for (int i = random.nextInt(5); i > 2; i--) {
            match.addHeaders(condition("x-"));
        }
        for (int i = random.nextInt(5); i > 2; i--) {
            match.addQueryParams(condition("q"));
        }
        return match.build();
    }

    private NamedMatch condition(String prefix) {
        StringMatch value = random.nextInt(3) == 0
                ? value(StringMatch.Type.REGEX, "[12]")
                : value(StringMatch.Type.EXACT, Integer.toString(random.nextInt(3)));
        return NamedMatch.newBuilder()
                .setName(prefix + random.nextInt(2))
                .setValue(value)
                .build();
    }

    private static StringMatch value(StringMatch.Type type, String value) {
        return StringMatch.newBuilder().setType(type).setValue(value).build();
    }

    private String path() {
        StringBuilder path = new StringBuilder();
        for (int i = random.nextInt(4); i >= 0; i--) {
            path.append('/').append(SEGMENTS[random.nextInt(SEGMENTS.length)]);
        }
        return path.toString();
    }

    private RequestHead request() {
        DefaultHttpHeaders headers = new DefaultHttpHeaders();
        for (int i = random.nextInt(3); i > 0; i--) {
            headers.add("X-" + random.nextInt(2), Integer.toString(random.nextInt(3)));
        }
        StringBuilder path = new StringBuilder(path());
        char separator = '?';
        for (int i = random.nextInt(3); i > 0; i--) {
            path.append(separator)
                    .append('q')
                    .append(random.nextInt(2))
                    .append('=')
                    .append(random.nextInt(3));
            separator = '&';
        }
        return new RequestHead(METHODS[1 + random.nextInt(2)], "http", "a", path.toString(), headers);
    }
}
