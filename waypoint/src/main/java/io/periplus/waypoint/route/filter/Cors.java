package io.periplus.waypoint.route.filter;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.periplus.dataplane.http.RequestHead;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which pages of other origins may use the answers of a route (Fetch standard, HTTPCORSFilter). */
public final class Cors {
    private static final String ANY = "*";
    private static final int MAX_AGE_DEFAULT_SECONDS = 5;
    private static final List<String> SAFE_METHODS = List.of("GET", "HEAD", "POST");

    private final List<OriginMatch> origins;
    private final boolean anyOrigin;
    private final boolean credentials;
    private final boolean anyMethod;
    private final String methods;
    private final boolean anyHeader;
    private final String headers;
    private final boolean exposesAny;
    private final String exposed;
    private final String maxAge;

    /** @param maxAge seconds; 0 for the default of 5 */
    public Cors(
            List<String> origins,
            boolean credentials,
            List<String> methods,
            List<String> headers,
            List<String> exposed,
            int maxAge) {
        this.origins = origins.stream().map(OriginMatch::of).toList();
        this.anyOrigin = origins.contains(ANY);
        this.credentials = credentials;
        this.anyMethod = methods.contains(ANY);
        Set<String> all = new LinkedHashSet<>(methods);
        all.addAll(SAFE_METHODS);
        this.methods = String.join(",", all);
        this.anyHeader = headers.contains(ANY);
        this.headers = String.join(",", headers);
        this.exposesAny = exposed.contains(ANY);
        this.exposed = String.join(",", exposed);
        this.maxAge = Integer.toString(maxAge == 0 ? MAX_AGE_DEFAULT_SECONDS : maxAge);
    }

    /** Whether a browser asks for permission; such a request is answered, not forwarded. */
    public static boolean isPreflight(RequestHead head) {
        return head.method().equals("OPTIONS")
                && head.headers().contains(HttpHeaderNames.ORIGIN)
                && head.headers().contains(HttpHeaderNames.ACCESS_CONTROL_REQUEST_METHOD);
    }

    /** Adds the permission to the answer of a preflight; nothing for an origin that has none. */
    public void preflight(RequestHead request, HttpHeaders answer) {
        if (!origin(request.headers().get(HttpHeaderNames.ORIGIN), answer)) {
            return;
        }
        String method = request.headers().get(HttpHeaderNames.ACCESS_CONTROL_REQUEST_METHOD);
        String asked = request.headers().get(HttpHeaderNames.ACCESS_CONTROL_REQUEST_HEADERS);
        set(answer, HttpHeaderNames.ACCESS_CONTROL_ALLOW_METHODS, allowed(anyMethod, methods, method));
        set(answer, HttpHeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, allowed(anyHeader, headers, asked));
        answer.set(HttpHeaderNames.ACCESS_CONTROL_MAX_AGE, maxAge);
    }

    /** With credentials {@code *} would mean the literal name, so what was asked for is granted instead. */
    private @Nullable String allowed(boolean any, String listed, @Nullable String asked) {
        if (!any) {
            return listed.isEmpty() ? null : listed;
        }
        return credentials ? asked : ANY;
    }

    /**
     * Puts this permission in place of what the endpoint said about other origins; an origin without one gets nothing.
     *
     * @param origin of the request, null if it named none
     */
    public void actual(@Nullable String origin, HttpHeaders answer) {
        if (origin == null) {
            return;
        }
        answer.remove(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN);
        answer.remove(HttpHeaderNames.ACCESS_CONTROL_ALLOW_CREDENTIALS);
        answer.remove(HttpHeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS);
        if (origin(origin, answer) && !exposed.isEmpty() && !(exposesAny && credentials)) {
            answer.set(HttpHeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
        }
    }

    private boolean origin(@Nullable String origin, HttpHeaders answer) {
        if (origin == null || !matches(origin)) {
            return false;
        }
        if (anyOrigin && !credentials) {
            answer.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
            return true;
        }
        answer.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        answer.add(HttpHeaderNames.VARY, "Origin");
        if (credentials) {
            answer.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
        }
        return true;
    }

    private boolean matches(String origin) {
        for (int i = 0; i < origins.size(); i++) {
            if (origins.get(i).matches(origin)) {
                return true;
            }
        }
        return false;
    }

    private static void set(HttpHeaders answer, CharSequence name, @Nullable String value) {
        if (value != null) {
            answer.set(name, value);
        }
    }
}
