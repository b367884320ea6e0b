package io.periplus.controlplane.kube;

import io.periplus.api.http.HttpText;
import io.periplus.model.input.RouteInput.BackendRef;
import io.periplus.model.input.RouteInput.Filter;
import io.periplus.model.input.RouteKey;
import io.periplus.model.input.RouteProblem.Reason;
import io.periplus.wire.waypoint.Cors;
import io.periplus.wire.waypoint.HeaderModifier;
import io.periplus.wire.waypoint.HeaderValue;
import io.periplus.wire.waypoint.PathModifier;
import io.periplus.wire.waypoint.Redirect;
import io.periplus.wire.waypoint.Rewrite;
import io.periplus.wire.waypoint.RouteFilter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** From the filters of HTTPRoutes and GRPCRoutes to those that proxies receive. One that is not understood is never skipped. */
final class RouteFilters {
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final Set<String> REPEATABLE = Set.of("RequestMirror", "ExtensionRef");
    private static final Set<String> OF_GRPC =
            Set.of("RequestHeaderModifier", "ResponseHeaderModifier", "RequestMirror", "ExtensionRef");
    private static final Map<String, String> FIELDS = Map.of(
            "RequestHeaderModifier", "requestHeaderModifier",
            "ResponseHeaderModifier", "responseHeaderModifier",
            "RequestMirror", "requestMirror",
            "RequestRedirect", "requestRedirect",
            "URLRewrite", "urlRewrite",
            "CORS", "cors",
            "ExtensionRef", "extensionRef");

    private final RouteKey.Kind kind;
    private final Tree rule;
    private final RouteFindings findings;

    /**
     * A reader.
     *
     * @param rule that the filters belong to, itself or by one of its backends
     */
    RouteFilters(RouteKey.Kind kind, Tree rule, RouteFindings findings) {
        this.kind = kind;
        this.rule = rule;
        this.findings = findings;
    }

    /** The filters that are understood; the findings say what there is beside them. */
    List<Filter> read(List<Tree> filters) {
        List<Filter> result = new ArrayList<>();
        Set<String> types = new HashSet<>();
        for (Tree filter : filters) {
            String type = filter.text("type");
            if (!types.add(type) && !REPEATABLE.contains(type)) {
                findings.unusable(Reason.INCOMPATIBLE_FILTERS, "filter " + type + " is there more than once");
            }
            Filter read = read(type, filter);
            if (read != null) {
                result.add(read);
            }
        }
        if (types.contains("RequestRedirect") && types.contains("URLRewrite")) {
            findings.unusable(Reason.INCOMPATIBLE_FILTERS, "filters RequestRedirect and URLRewrite exclude each other");
        }
        return List.copyOf(result);
    }

    private @Nullable Filter read(String type, Tree filter) {
        String field = FIELDS.get(type);
        if (field == null || (kind == RouteKey.Kind.GRPC && !OF_GRPC.contains(type))) {
            findings.unusable("filter of type \"" + type + "\" is not supported in routes of kind " + kind.kind());
            return null;
        }
        if (!filter.has(field)) {
            findings.unusable("filter of type " + type + " lacks its field " + field);
            return null;
        }
        Tree body = filter.at(field);
        RouteFilter.Builder message = RouteFilter.newBuilder();
        return switch (type) {
            case "RequestHeaderModifier" ->
                new Filter.Plain(message.setRequestHeaders(headers(body, true)).build());
            case "ResponseHeaderModifier" ->
                new Filter.Plain(
                        message.setResponseHeaders(headers(body, false)).build());
            case "RequestRedirect" ->
                new Filter.Plain(message.setRedirect(redirect(body)).build());
            case "URLRewrite" ->
                new Filter.Plain(message.setRewrite(rewrite(body)).build());
            case "CORS" -> new Filter.Plain(message.setCors(cors(body)).build());
            case "RequestMirror" -> mirror(body);
            default -> {
                findings.unusable(
                        Reason.INVALID_KIND,
                        "filter ExtensionRef of kind \"" + body.text("kind") + "\" in group \"" + body.text("group")
                                + "\" is not known");
                yield null;
            }
        };
    }

    private HeaderModifier headers(Tree modifier, boolean ofRequests) {
        List<String> removed = modifier.texts("remove");
        removed.forEach(this::checkName);
        return HeaderModifier.newBuilder()
                .addAllSet(values(modifier, "set", ofRequests))
                .addAllAdd(values(modifier, "add", false))
                .addAllRemove(removed)
                .build();
    }

    private List<HeaderValue> values(Tree modifier, String field, boolean mayBeHost) {
        List<HeaderValue> values = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Tree header : modifier.list(field)) {
            String name = header.text("name");
            String value = header.text("value");
            if (mayBeHost && name.equalsIgnoreCase("host")) {
                checkHost(value);
            } else {
                checkName(name);
            }
            if (!HttpText.isValue(value)) {
                findings.unusable("the value of header \"" + name
                        + "\" has a control character or one above U+00FF, which a header cannot carry");
            }
            if (seen.add(name.toLowerCase(Locale.ROOT))) {
                values.add(
                        HeaderValue.newBuilder().setName(name).setValue(value).build());
            }
        }
        return values;
    }

    private void checkName(String name) {
        if (!HttpText.isToken(name)) {
            findings.unusable("\"" + name + "\" is no header name");
        } else if (name.equalsIgnoreCase("host")) {
            findings.unusable("header \"Host\" can only be set, and only in requests");
        } else if (!HttpText.isChangeable(name)) {
            findings.unusable("header \"" + name + "\" belongs to the connection and cannot be modified");
        }
    }

    // Set, it is the authority of the request.
    private void checkHost(String value) {
        if (value.isEmpty() || !HttpText.isTarget(value)) {
            findings.unusable("header \"Host\" is set to \"" + value + "\" (expected: such as www.example.com)");
        }
    }

    private String host(Tree filter) {
        String host = filter.text("hostname");
        if (!host.isEmpty() && !HttpText.isHost(host)) {
            findings.unusable("\"" + host + "\" is no hostname (expected: such as www.example.com)");
        }
        return host;
    }

    private String path(Tree path, String field) {
        String text = path.text(field);
        if (!HttpText.isTarget(text)) {
            findings.unusable(field + " has a character that no path has (expected: percent-encoded)");
        }
        return text;
    }

    private Redirect redirect(Tree redirect) {
        Redirect.Builder message = Redirect.newBuilder()
                .setScheme(redirect.text("scheme"))
                .setHostname(host(redirect))
                .setPort(redirect.number("port"))
                .setStatus(redirect.number("statusCode"));
        if (!Set.of("", "http", "https").contains(message.getScheme())) {
            findings.unusable("redirect to scheme \"" + message.getScheme() + "\" (expected: http or https)");
        }
        if (message.getStatus() != 0 && !REDIRECTS.contains(message.getStatus())) {
            findings.unusable("redirect with status " + message.getStatus() + " (expected: 301, 302, 303, 307 or 308)");
        }
        PathModifier path = path(redirect);
        if (path != null) {
            message.setPath(path);
        }
        return message.build();
    }

    private Rewrite rewrite(Tree rewrite) {
        Rewrite.Builder message = Rewrite.newBuilder().setHostname(host(rewrite));
        PathModifier path = path(rewrite);
        if (path != null) {
            message.setPath(path);
        }
        return message.build();
    }

    private @Nullable PathModifier path(Tree filter) {
        if (!filter.has("path")) {
            return null;
        }
        Tree path = filter.at("path");
        switch (path.text("type")) {
            case "ReplaceFullPath" -> {
                return PathModifier.newBuilder()
                        .setFullPath(path(path, "replaceFullPath"))
                        .build();
            }
            case "ReplacePrefixMatch" -> {
                List<Tree> matches = rule.list("matches");
                boolean onePrefix = matches.isEmpty()
                        || (matches.size() == 1
                                && matches.getFirst()
                                        .at("path")
                                        .text("type", "PathPrefix")
                                        .equals("PathPrefix"));
                if (!onePrefix) {
                    findings.unusable("ReplacePrefixMatch needs a rule with exactly one match, of type PathPrefix");
                }
                return PathModifier.newBuilder()
                        .setPrefix(path(path, "replacePrefixMatch"))
                        .build();
            }
            default -> {
                findings.unusable("path modifier of type \"" + path.text("type") + "\" is not supported");
                return null;
            }
        }
    }

    private Filter mirror(Tree mirror) {
        BackendRef ref = RouteInputs.backendRef(mirror.at("backendRef"));
        if (mirror.has("percent") && mirror.has("fraction")) {
            findings.unusable("a RequestMirror has either percent or fraction, not both");
        }
        if (mirror.has("percent")) {
            return new Filter.Mirror(ref, mirror.number("percent"), 100);
        }
        if (mirror.has("fraction")) {
            Tree fraction = mirror.at("fraction");
            int denominator = fraction.has("denominator") ? fraction.number("denominator") : 100;
            if (denominator <= 0 || fraction.number("numerator") < 0 || fraction.number("numerator") > denominator) {
                findings.unusable("a RequestMirror's fraction is not between 0 and 1");
            }
            return new Filter.Mirror(ref, fraction.number("numerator"), denominator);
        }
        return new Filter.Mirror(ref, 0, 0);
    }

    private Cors cors(Tree cors) {
        for (String field : List.of("allowOrigins", "allowMethods", "allowHeaders", "exposeHeaders")) {
            if (!cors.texts(field).stream().allMatch(HttpText::isWord)) {
                findings.unusable(field + " of CORS has a space or a control character");
            }
        }
        return Cors.newBuilder()
                .addAllAllowOrigins(cors.texts("allowOrigins"))
                .setAllowCredentials(cors.flag("allowCredentials"))
                .addAllAllowMethods(cors.texts("allowMethods"))
                .addAllAllowHeaders(cors.texts("allowHeaders"))
                .addAllExposeHeaders(cors.texts("exposeHeaders"))
                .setMaxAge(Math.max(0, cors.number("maxAge")))
                .build();
    }
}
