package io.periplus.waypoint.route;

import io.netty.util.AsciiString;
import io.periplus.api.http.SafePattern;
import io.periplus.waypoint.route.match.HeaderMatch;
import io.periplus.waypoint.route.match.PathMatch;
import io.periplus.waypoint.route.match.QueryMatch;
import io.periplus.waypoint.route.match.RequestMatch;
import io.periplus.waypoint.route.match.ValueMatch;
import io.periplus.wire.waypoint.NamedMatch;
import io.periplus.wire.waypoint.RouteMatch;
import io.periplus.wire.waypoint.StringMatch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Compiles the matches of routes; {@link IllegalArgumentException}s name the value that cannot be used. */
final class MatchCompiler {
    private MatchCompiler() {}

    static RequestMatch compile(RouteMatch match) {
        Map<AsciiString, HeaderMatch> headers = new LinkedHashMap<>();
        for (NamedMatch header : match.getHeadersList()) {
            AsciiString name = AsciiString.of(header.getName().toLowerCase(Locale.ROOT));
            headers.putIfAbsent(name, new HeaderMatch(name, value(header.getValue())));
        }
        Map<String, QueryMatch> query = new LinkedHashMap<>();
        for (NamedMatch parameter : match.getQueryParamsList()) {
            query.putIfAbsent(parameter.getName(), new QueryMatch(parameter.getName(), value(parameter.getValue())));
        }
        PathMatch path = match.hasGrpcService() || match.hasGrpcMethod() ? grpc(match) : path(match);
        return new RequestMatch(path, match.getMethod(), List.copyOf(headers.values()), List.copyOf(query.values()));
    }

    private static ValueMatch value(StringMatch match) {
        return switch (match.getType()) {
            case EXACT -> new ValueMatch.Exact(match.getValue());
            case REGEX -> new ValueMatch.Regex(SafePattern.compile(match.getValue()));
            case PATH_PREFIX, UNRECOGNIZED ->
                throw new IllegalArgumentException("match type %s of \"%s\" (expected: EXACT or REGEX)"
                        .formatted(match.getType(), match.getValue()));
        };
    }

    private static PathMatch path(RouteMatch match) {
        if (!match.hasPath()) {
            return PathMatch.ANY;
        }
        String value = match.getPath().getValue();
        return switch (match.getPath().getType()) {
            case EXACT -> new PathMatch.Exact(value);
            case PATH_PREFIX -> new PathMatch.Prefix(value);
            case REGEX -> new PathMatch.Regex(SafePattern.compile(value));
            case UNRECOGNIZED ->
                throw new IllegalArgumentException(
                        "path match type " + match.getPath().getTypeValue());
        };
    }

    /** {@code /<service>/<method>}, where either may be open. */
    private static PathMatch grpc(RouteMatch match) {
        StringMatch service = match.getGrpcService();
        StringMatch method = match.getGrpcMethod();
        boolean anyService = service.getValue().isEmpty();
        boolean anyMethod = method.getValue().isEmpty();
        if (isRegex(service) || isRegex(method)) {
            return new PathMatch.Regex(SafePattern.ofGrpc(part(service), part(method)));
        }
        if (anyService && anyMethod) {
            return PathMatch.ANY;
        }
        if (anyService) {
            return new PathMatch.Method(method.getValue());
        }
        return anyMethod
                ? new PathMatch.Prefix("/" + service.getValue())
                : new PathMatch.Exact("/" + service.getValue() + "/" + method.getValue());
    }

    private static boolean isRegex(StringMatch match) {
        return !match.getValue().isEmpty() && match.getType() == StringMatch.Type.REGEX;
    }

    private static String part(StringMatch match) {
        return match.getValue().isEmpty() || isRegex(match) ? match.getValue() : SafePattern.quote(match.getValue());
    }
}
