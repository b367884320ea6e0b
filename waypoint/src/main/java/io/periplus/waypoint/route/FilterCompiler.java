package io.periplus.waypoint.route;

import io.netty.util.AsciiString;
import io.periplus.waypoint.route.filter.Cors;
import io.periplus.waypoint.route.filter.HeaderEdits;
import io.periplus.waypoint.route.filter.PathEdit;
import io.periplus.waypoint.route.filter.Redirect;
import io.periplus.waypoint.route.filter.Rewrite;
import io.periplus.wire.waypoint.HeaderModifier;
import io.periplus.wire.waypoint.HeaderValue;
import io.periplus.wire.waypoint.PathModifier;
import io.periplus.wire.waypoint.RouteFilter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compiles the filters of a rule or backend. The control plane has checked what may be together; an {@link
 * IllegalArgumentException} names what cannot be used.
 */
final class FilterCompiler {
    private static final int FOUND = 302;
    private static final String HOST = "host";

    private FilterCompiler() {}

    static Filters compile(List<RouteFilter> filters) {
        if (filters.isEmpty()) {
            return Filters.NONE;
        }
        String host = "";
        HeaderEdits request = HeaderEdits.NONE;
        HeaderEdits response = HeaderEdits.NONE;
        Redirect redirect = null;
        Rewrite rewrite = null;
        Cors cors = null;
        List<Mirror> mirrors = new ArrayList<>(0);
        for (RouteFilter filter : filters) {
            switch (filter.getKindCase()) {
                case REQUEST_HEADERS -> {
                    host = hostOf(filter.getRequestHeaders());
                    request = edits(filter.getRequestHeaders());
                }
                case RESPONSE_HEADERS -> response = edits(filter.getResponseHeaders());
                case REDIRECT -> redirect = redirect(filter.getRedirect());
                case REWRITE ->
                    rewrite = new Rewrite(
                            FieldChecks.target(filter.getRewrite().getHostname()),
                            filter.getRewrite().hasPath()
                                    ? path(filter.getRewrite().getPath())
                                    : null);
                case MIRROR -> mirrors.add(mirror(filter.getMirror()));
                case CORS -> cors = cors(filter.getCors());
                // To skip it would be to do something else than was asked for.
                case KIND_NOT_SET ->
                    throw new IllegalArgumentException("a filter of a kind that this proxy does not know");
            }
        }
        if (!host.isEmpty() && (rewrite == null || rewrite.hostname().isEmpty())) {
            rewrite = new Rewrite(host, rewrite == null ? null : rewrite.path());
        }
        return new Filters(request, response, redirect, rewrite, List.copyOf(mirrors), cors);
    }

    /** {@code Host} that is set means the authority of the request; empty if it is not. */
    private static String hostOf(HeaderModifier modifier) {
        return modifier.getSetList().stream()
                .filter(value -> value.getName().equalsIgnoreCase(HOST))
                .map(value -> FieldChecks.target(value.getValue()))
                .findFirst()
                .orElse("");
    }

    private static HeaderEdits edits(HeaderModifier modifier) {
        return new HeaderEdits(
                fields(modifier.getSetList().stream()
                        .filter(value -> !value.getName().equalsIgnoreCase(HOST))
                        .toList()),
                fields(modifier.getAddList()),
                modifier.getRemoveList().stream().map(FilterCompiler::name).toList());
    }

    /** A name that is listed twice counts once, with its first value. */
    private static List<HeaderEdits.Field> fields(List<HeaderValue> values) {
        Map<AsciiString, HeaderEdits.Field> out = new LinkedHashMap<>();
        for (HeaderValue value : values) {
            AsciiString name = name(value.getName());
            out.putIfAbsent(name, new HeaderEdits.Field(name, FieldChecks.value(value.getValue())));
        }
        return List.copyOf(out.values());
    }

    private static AsciiString name(String name) {
        return AsciiString.of(FieldChecks.name(name.toLowerCase(Locale.ROOT)));
    }

    private static Redirect redirect(io.periplus.wire.waypoint.Redirect redirect) {
        return new Redirect(
                redirect.getStatus() == 0 ? FOUND : redirect.getStatus(),
                FieldChecks.target(redirect.getScheme().toLowerCase(Locale.ROOT)),
                FieldChecks.target(redirect.getHostname()),
                redirect.getPort(),
                redirect.hasPath() ? path(redirect.getPath()) : null);
    }

    private static @Nullable PathEdit path(PathModifier modifier) {
        return switch (modifier.getKindCase()) {
            case FULL_PATH -> new PathEdit.Full(FieldChecks.target(modifier.getFullPath()));
            case PREFIX -> new PathEdit.Prefix(FieldChecks.target(modifier.getPrefix()));
            case KIND_NOT_SET -> null;
        };
    }

    private static Mirror mirror(io.periplus.wire.waypoint.Mirror mirror) {
        boolean all = mirror.getDenominator() == 0;
        return new Mirror(
                RouteCompiler.backend(mirror.getBackend()),
                all ? 1 : mirror.getNumerator(),
                all ? 1 : mirror.getDenominator());
    }

    private static Cors cors(io.periplus.wire.waypoint.Cors cors) {
        return new Cors(
                cors.getAllowOriginsList(),
                cors.getAllowCredentials(),
                checked(cors.getAllowMethodsList()),
                checked(cors.getAllowHeadersList()),
                checked(cors.getExposeHeadersList()),
                cors.getMaxAge());
    }

    private static List<String> checked(List<String> values) {
        values.forEach(FieldChecks::value);
        return values;
    }
}
