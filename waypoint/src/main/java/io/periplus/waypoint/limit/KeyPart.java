package io.periplus.waypoint.limit;

import io.periplus.api.SpiffeId;
import io.periplus.api.cel.Expression;
import io.periplus.api.cel.Expressions;
import io.periplus.dataplane.policy.HttpAttributes;
import io.periplus.dataplane.policy.RequestAttributes;
import io.periplus.waypoint.exchange.RequestContext;
import io.periplus.waypoint.exchange.ValidatedToken;
import io.periplus.waypoint.route.match.HostIndex;
import io.periplus.wire.waypoint.LimitKey;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/** Reads a part of a limit's key from a request; empty where the request has no such thing. */
@FunctionalInterface
interface KeyPart {

    String of(RequestContext request);

    /** @throws IllegalArgumentException if it cannot be used */
    static KeyPart compile(LimitKey key) {
        String argument = key.getArgument();
        return switch (key.getKind()) {
            case IDENTITY -> KeyPart::identity;
            case NAMESPACE ->
                request -> {
                    SpiffeId client = request.attributes().client();
                    return client == null ? "" : client.namespace();
                };
            case CLIENT_ADDRESS -> KeyPart::clientAddress;
            case METHOD -> request -> request.head().method();
            case PATH -> KeyPart::path;
            case HOST -> KeyPart::host;
            case HEADER -> request -> header(request, argument);
            case CLAIM -> {
                List<String> path = List.of(argument.split("\\.", -1));
                yield request -> claim(request, path);
            }
            case CEL -> {
                Expression expression = Expressions.compile(argument, Expressions.Result.VALUE);
                yield request -> expression.text(new RequestVariables(request));
            }
            case UNKNOWN_KEY, UNRECOGNIZED ->
                throw new IllegalArgumentException("a key of an unknown kind (" + key.getKindValue() + ")");
        };
    }

    /** The client's SPIFFE id without its scheme. */
    static String identity(RequestContext request) {
        String principal = request.attributes().clientPrincipal();
        return principal == null ? "" : principal;
    }

    /**
     * The client's address: at an edge the one before the trusted proxies, in the mesh that of the pod, which it cannot
     * choose, unlike what it writes into {@code x-forwarded-for}.
     */
    static String clientAddress(RequestContext request) {
        RequestAttributes attributes = request.attributes();
        boolean edge = request.connection().atEdge();
        return (edge ? attributes.remote() : attributes.source()).toString();
    }

    private static String path(RequestContext request) {
        HttpAttributes http = request.attributes().http();
        return http == null ? request.head().pathWithoutQuery() : http.path().toString();
    }

    /** Lower case, without port. */
    static String host(RequestContext request) {
        String authority = request.head().authority();
        return authority.substring(0, HostIndex.hostEnd(authority)).toLowerCase(Locale.ROOT);
    }

    private static String header(RequestContext request, String name) {
        CharSequence value = request.attributes().http().header(name);
        return value == null ? "" : value.toString();
    }

    private static String claim(RequestContext request, List<String> path) {
        ValidatedToken token = request.token();
        Object value = token == null ? null : token.claims();
        for (String name : path) {
            value = value instanceof Map<?, ?> inner ? inner.get(name) : null;
        }
        return switch (value) {
            case String text -> text;
            case Number number -> number.toString();
            case Boolean flag -> flag.toString();
            case List<?> list -> {
                StringJoiner joined = new StringJoiner(",");
                list.forEach(element -> joined.add(String.valueOf(element)));
                yield joined.toString();
            }
            case null, default -> "";
        };
    }
}
