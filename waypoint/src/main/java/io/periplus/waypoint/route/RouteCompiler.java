package io.periplus.waypoint.route;

import io.periplus.waypoint.route.match.Candidate;
import io.periplus.waypoint.route.match.PathMatch;
import io.periplus.waypoint.route.match.RequestMatch;
import io.periplus.wire.waypoint.RouteBackend.KindCase;
import io.periplus.wire.waypoint.RouteKind;
import io.periplus.wire.waypoint.RouteMatch;
import io.periplus.wire.waypoint.RouteRetry;
import io.periplus.wire.waypoint.SessionPersistence;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns a route as the control plane sends it into what requests are judged by. */
final class RouteCompiler {
    private static final Logger LOG = LoggerFactory.getLogger(RouteCompiler.class);
    private static final int RETRIES_DEFAULT = 2;

    private RouteCompiler() {}

    static CompiledRoute compile(io.periplus.wire.waypoint.Route route) {
        List<Candidate<Route>> candidates = new ArrayList<>();
        String owner = route.getNamespace() + "/" + route.getName();
        RouteId id = RouteId.route(route.getKind(), route.getNamespace(), route.getName());
        RouteRule first = null;
        for (int i = 0; i < route.getRulesCount(); i++) {
            var rule = route.getRules(i);
            int position = rule.hasPosition() ? rule.getPosition() : i;
            String name = route.getNamespace() + "." + route.getName() + "." + position;
            RouteRule compiled = rule(id.rule(rule.getName()), name, rule);
            first = first == null ? compiled : first;
            List<RouteMatch> matches =
                    rule.getMatchesCount() == 0 ? List.of(RouteMatch.getDefaultInstance()) : rule.getMatchesList();
            for (RouteMatch match : matches) {
                RequestMatch request = matchOf(name, match);
                if (request != null) {
                    String prefix = request.path() instanceof PathMatch.Prefix(String path) ? path : "";
                    candidates.add(new Candidate<>(
                            request,
                            new Route(compiled, prefix, request),
                            route.getCreatedSeconds(),
                            owner,
                            candidates.size()));
                }
            }
        }
        Route bytes = first == null ? null : new Route(first, "", null);
        return new CompiledRoute(route, List.copyOf(candidates), bytes);
    }

    /** Null when it cannot be understood: the others of the rule go on. */
    private static @Nullable RequestMatch matchOf(String name, RouteMatch match) {
        try {
            return MatchCompiler.compile(match);
        } catch (IllegalArgumentException e) {
            LOG.warn("route {}: a match is left out: {}", name, e.getMessage());
            return null;
        }
    }

    private static RouteRule rule(RouteId id, String name, io.periplus.wire.waypoint.RouteRule rule) {
        if (!rule.getUnusable().isEmpty()) {
            return RouteRule.unusable(id, name, rule.getUnusable());
        }
        try {
            return usable(id, name, rule);
        } catch (IllegalArgumentException e) {
            LOG.warn("route {}: not used: {}", name, e.getMessage());
            return RouteRule.unusable(id, name, String.valueOf(e.getMessage()));
        }
    }

    private static RouteRule usable(RouteId id, String name, io.periplus.wire.waypoint.RouteRule rule) {
        List<WeightedBackend> backends = new ArrayList<>(rule.getBackendsCount());
        rule.getBackendsList().forEach(backend -> backends.add(weighted(backend)));
        Filters filters = FilterCompiler.compile(rule.getFiltersList());
        boolean cors = filters.cors() != null
                || backends.stream().anyMatch(backend -> backend.filters().cors() != null);
        return new RouteRule(
                id,
                name,
                id.kind() == RouteKind.GRPC,
                filters,
                new Backends(backends),
                timeouts(rule),
                rule.hasRetry() ? retry(rule.getRetry()) : null,
                rule.hasSessionPersistence() ? session(name, rule.getSessionPersistence()) : null,
                "",
                cors);
    }

    private static WeightedBackend weighted(io.periplus.wire.waypoint.RouteBackend backend) {
        return new WeightedBackend(
                backend(backend), Math.max(0, backend.getWeight()), FilterCompiler.compile(backend.getFiltersList()));
    }

    static RouteBackend backend(io.periplus.wire.waypoint.RouteBackend backend) {
        if (backend.getKindCase() == KindCase.SERVICE) {
            var service = backend.getService();
            return new RouteBackend.ToService(
                    service.getNamespace() + "/" + service.getHostname(),
                    service.getNamespace(),
                    service.getHostname(),
                    service.getPort());
        }
        return new RouteBackend.Invalid(backend.getInvalid());
    }

    private static Timeouts timeouts(io.periplus.wire.waypoint.RouteRule rule) {
        if (!rule.hasTimeouts()) {
            return Timeouts.NONE;
        }
        var timeouts = rule.getTimeouts();
        return new Timeouts(nanos(timeouts.getRequest()), nanos(timeouts.getBackendRequest()));
    }

    private static RetryRules retry(RouteRetry retry) {
        int on = RetryRules.UNDELIVERED
                | RetryRules.RESET
                | RetryRules.TIMEOUT
                | RetryRules.GRPC_CANCELLED
                | RetryRules.GRPC_UNAVAILABLE;
        return new RetryRules(
                retry.hasAttempts() ? retry.getAttempts() : RETRIES_DEFAULT,
                on,
                retry.getCodesList().stream().mapToInt(code -> code).sorted().toArray(),
                TimeUnit.NANOSECONDS.toMillis(nanos(retry.getBackoff())));
    }

    private static SessionRules session(String rule, SessionPersistence session) {
        boolean cookie = session.getType() != SessionPersistence.Type.HEADER;
        String generated = cookie ? "session-" + Integer.toHexString(rule.hashCode()) : "x-session";
        SessionRules.Settings settings = new SessionRules.Settings(
                cookie,
                session.getName().isEmpty() ? generated : sessionName(cookie, session.getName()),
                session.getAbsoluteTimeout().getSeconds(),
                session.getIdleTimeout().getSeconds(),
                session.getPermanent(),
                session.getPath().isEmpty() ? "/" : FieldChecks.target(session.getPath()));
        return new SessionRules(rule, settings);
    }

    /** A cookie's name is a token too, but with case. */
    private static String sessionName(boolean cookie, String name) {
        String checked = FieldChecks.name(name.toLowerCase(Locale.ROOT));
        return cookie ? name : checked;
    }

    private static long nanos(com.google.protobuf.Duration duration) {
        return TimeUnit.SECONDS.toNanos(duration.getSeconds()) + duration.getNanos();
    }
}
