package io.periplus.controlplane.kube;

import io.periplus.api.http.SafePattern;
import io.periplus.wire.waypoint.NamedMatch;
import io.periplus.wire.waypoint.RouteMatch;
import io.periplus.wire.waypoint.StringMatch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** From the matches of HTTPRoutes and GRPCRoutes to those that proxies receive; one that cannot be applied is left out. */
final class RouteMatches {
    private static final String EXACT = "Exact";
    private static final List<String> NOT_IN_PATHS = List.of("//", "/./", "/../", "%2f", "%2F", "#");
    private static final List<String> NOT_AT_ENDS = List.of("/.", "/..");

    private RouteMatches() {}

    /** The matches of a rule of an HTTPRoute. */
    static List<RouteMatch> http(Tree rule, RouteFindings findings) {
        List<RouteMatch> matches = new ArrayList<>();
        for (Tree match : rule.list("matches")) {
            StringMatch path = path(match.at("path"), findings);
            List<NamedMatch> headers = named(match.list("headers"), true, findings);
            List<NamedMatch> query = named(match.list("queryParams"), false, findings);
            if (path != null && headers != null && query != null) {
                matches.add(RouteMatch.newBuilder()
                        .setPath(path)
                        .addAllHeaders(headers)
                        .addAllQueryParams(query)
                        .setMethod(match.text("method").toUpperCase(Locale.ROOT))
                        .build());
            }
        }
        return matches;
    }

    /** The matches of a rule of a GRPCRoute. */
    static List<RouteMatch> grpc(Tree rule, RouteFindings findings) {
        List<RouteMatch> matches = new ArrayList<>();
        for (Tree match : rule.list("matches")) {
            RouteMatch.Builder message = RouteMatch.newBuilder();
            Tree method = match.at("method");
            StringMatch service = part(method, "service", findings);
            StringMatch name = part(method, "method", findings);
            List<NamedMatch> headers = named(match.list("headers"), true, findings);
            boolean complete = (service != null || !method.has("service")) && (name != null || !method.has("method"));
            if (!complete || headers == null || !together(service, name, findings)) {
                continue;
            }
            if (service != null) {
                message.setGrpcService(service);
            }
            if (name != null) {
                message.setGrpcMethod(name);
            }
            matches.add(message.addAllHeaders(headers).build());
        }
        return matches;
    }

    private static @Nullable StringMatch part(Tree method, String field, RouteFindings findings) {
        return method.has(field) ? string(method.text("type", EXACT), method.text(field), field, findings) : null;
    }

    // A proxy matches the path of both parts, which may be too large where each of them is not.
    private static boolean together(
            @Nullable StringMatch service, @Nullable StringMatch method, RouteFindings findings) {
        try {
            SafePattern.ofGrpc(regex(service), regex(method));
            return true;
        } catch (IllegalArgumentException e) {
            findings.leftOut("method: " + e.getMessage());
            return false;
        }
    }

    private static String regex(@Nullable StringMatch part) {
        if (part == null) {
            return "";
        }
        return part.getType() == StringMatch.Type.REGEX ? part.getValue() : SafePattern.quote(part.getValue());
    }

    private static @Nullable StringMatch path(Tree path, RouteFindings findings) {
        String type = path.text("type", "PathPrefix");
        String value = path.text("value", "/");
        if (!type.equals("PathPrefix") && !type.equals(EXACT)) {
            return string(type, value, "path", findings);
        }
        if (!value.startsWith("/")
                || NOT_IN_PATHS.stream().anyMatch(value::contains)
                || NOT_AT_ENDS.stream().anyMatch(value::endsWith)) {
            findings.leftOut(
                    "path \"" + value + "\" can match no request (expected: starts with /, is normalised, has no #)");
            return null;
        }
        return StringMatch.newBuilder()
                .setType(type.equals(EXACT) ? StringMatch.Type.EXACT : StringMatch.Type.PATH_PREFIX)
                .setValue(value)
                .build();
    }

    // Null when one of them cannot be applied: the match is then another one than its author wrote.
    private static @Nullable List<NamedMatch> named(List<Tree> items, boolean headers, RouteFindings findings) {
        List<NamedMatch> result = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Tree item : items) {
            String name = headers ? item.text("name").toLowerCase(Locale.ROOT) : item.text("name");
            if (!seen.add(name)) {
                continue;
            }
            StringMatch value = string(item.text("type", EXACT), item.text("value"), "\"" + name + "\"", findings);
            if (value == null) {
                return null;
            }
            result.add(NamedMatch.newBuilder().setName(name).setValue(value).build());
        }
        return result;
    }

    private static @Nullable StringMatch string(String type, String value, String what, RouteFindings findings) {
        switch (type) {
            case EXACT -> {
                return StringMatch.newBuilder()
                        .setType(StringMatch.Type.EXACT)
                        .setValue(value)
                        .build();
            }
            case "RegularExpression" -> {
                try {
                    SafePattern.compile(value);
                } catch (IllegalArgumentException e) {
                    findings.leftOut(what + ": " + e.getMessage());
                    return null;
                }
                return StringMatch.newBuilder()
                        .setType(StringMatch.Type.REGEX)
                        .setValue(value)
                        .build();
            }
            default -> {
                findings.leftOut("match of " + what + " has type \"" + type + "\", which is not supported");
                return null;
            }
        }
    }
}
