package io.periplus.waypoint.explain;

import io.periplus.api.why.RouteTaken;
import io.periplus.waypoint.route.Filters;
import io.periplus.waypoint.route.Route;
import io.periplus.waypoint.route.RouteBackend;
import io.periplus.waypoint.route.RouteRule;
import io.periplus.waypoint.route.Timeouts;
import io.periplus.waypoint.route.WeightedBackend;
import io.periplus.waypoint.route.match.PathMatch;
import io.periplus.waypoint.route.match.RequestMatch;
import io.periplus.waypoint.route.match.ValueMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A route as the answer shows it. */
final class RouteText {
    private RouteText() {}

    /**
     * @param kind of the route, where the rule does not say
     * @param chosen the backend that the explanation goes on with, null if there is none
     */
    static RouteTaken of(Route route, String kind, @Nullable WeightedBackend chosen) {
        RouteRule rule = route.rule();
        if (route.match() == null && rule.name().indexOf('.') < 0) {
            return new RouteTaken(null, -1, "", List.of(), List.of());
        }
        int first = rule.name().indexOf('.');
        int last = rule.name().lastIndexOf('.');
        String name = rule.name().substring(0, first) + "/" + rule.name().substring(first + 1, last);
        return new RouteTaken(
                (rule.grpc() ? "GRPCRoute " : kind + " ") + name,
                Integer.parseInt(rule.name(), last + 1, rule.name().length(), 10),
                route.match() == null ? "" : text(route.match()),
                effects(rule),
                rule.backends().all().stream()
                        .map(backend ->
                                new RouteTaken.Share(text(backend.backend()), backend.weight(), backend == chosen))
                        .toList());
    }

    static String text(RouteBackend backend) {
        return switch (backend) {
            case RouteBackend.AsAddressed _ -> "what was addressed";
            case RouteBackend.ToService to -> to.key() + ":" + to.port();
            case RouteBackend.Invalid(String reason) -> "no backend: " + reason;
        };
    }

    private static String text(RequestMatch match) {
        List<String> parts = new ArrayList<>();
        switch (match.path()) {
            case PathMatch.Exact(String path) -> parts.add("path " + path);
            case PathMatch.Prefix prefix when prefix.bare().isEmpty() -> {}
            case PathMatch.Prefix prefix -> parts.add("path beginning with " + prefix.path());
            case PathMatch.Method(String method) -> parts.add("method " + method + " of any service");
            case PathMatch.Regex regex -> parts.add("path like " + regex.pattern());
        }
        if (!match.method().isEmpty()) {
            parts.add("method " + match.method());
        }
        match.headers().forEach(header -> parts.add("header " + header.name() + text(header.value())));
        match.query().forEach(query -> parts.add("query " + query.name() + text(query.value())));
        return parts.isEmpty() ? "for every request" : "by " + String.join(" and ", parts);
    }

    private static String text(ValueMatch value) {
        return switch (value) {
            case ValueMatch.Exact(String expected) -> "=" + expected;
            case ValueMatch.Regex regex -> " like " + regex.pattern();
        };
    }

    private static List<String> effects(RouteRule rule) {
        List<String> effects = new ArrayList<>();
        if (!rule.unusable().isEmpty()) {
            effects.add("cannot be applied: " + rule.unusable());
        }
        filters(rule.filters(), effects);
        Timeouts timeouts = rule.timeouts();
        if (timeouts.requestNanos() > 0) {
            effects.add("time for the request: " + TimeUnit.NANOSECONDS.toMillis(timeouts.requestNanos()) + " ms");
        }
        if (timeouts.attemptNanos() > 0) {
            effects.add("time for each attempt: " + TimeUnit.NANOSECONDS.toMillis(timeouts.attemptNanos()) + " ms");
        }
        if (rule.retry() != null) {
            effects.add("up to " + rule.retry().most() + " retries");
        }
        if (rule.session() != null) {
            effects.add("keeps clients at the endpoint of their session");
        }
        return effects;
    }

    private static void filters(Filters filters, List<String> effects) {
        if (filters.redirect() != null) {
            effects.add("redirects with status " + filters.redirect().status());
        }
        if (filters.rewrite() != null) {
            effects.add("rewrites the URL");
        }
        if (!filters.request().equals(io.periplus.waypoint.route.filter.HeaderEdits.NONE)) {
            effects.add("edits the request's headers");
        }
        if (!filters.response().equals(io.periplus.waypoint.route.filter.HeaderEdits.NONE)) {
            effects.add("edits the answer's headers");
        }
        filters.mirrors().forEach(mirror -> effects.add("mirrors to " + text(mirror.backend())));
        if (filters.cors() != null) {
            effects.add("answers CORS requests of browsers");
        }
    }
}
