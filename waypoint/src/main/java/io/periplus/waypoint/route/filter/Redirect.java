package io.periplus.waypoint.route.filter;

import io.periplus.dataplane.http.RequestHead;
import io.periplus.waypoint.route.match.HostIndex;
import org.jspecify.annotations.Nullable;

/**
 * An answer that sends the client elsewhere (HTTPRequestRedirectFilter).
 *
 * @param scheme empty for that of the request
 * @param hostname empty for that of the request
 * @param port 0 for the one that follows from the scheme, or else the one that the client addressed
 * @param path null to leave it
 */
public record Redirect(
        int status,
        String scheme,
        String hostname,
        int port,
        @Nullable PathEdit path) {
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    /**
     * The value of {@code Location}.
     *
     * @param requestScheme as the client's connection is secured or not
     * @param addressedPort of the service or listener
     * @param matched the prefix that led here
     */
    public String location(RequestHead head, String requestScheme, int addressedPort, String matched) {
        String to = scheme.isEmpty() ? requestScheme : scheme;
        StringBuilder out = new StringBuilder(64).append(to).append("://");
        if (hostname.isEmpty()) {
            String authority = head.authority();
            out.append(authority, 0, HostIndex.hostEnd(authority));
        } else {
            out.append(hostname);
        }
        int port = portOf(to, addressedPort);
        if (port != usual(to)) {
            out.append(':').append(port);
        }
        return out.append(path == null ? head.path() : path.apply(head.path(), matched))
                .toString();
    }

    private int portOf(String to, int addressedPort) {
        if (port != 0) {
            return port;
        }
        return scheme.isEmpty() || usual(to) == 0 ? addressedPort : usual(to);
    }

    private static int usual(String scheme) {
        return switch (scheme) {
            case "http" -> HTTP_PORT;
            case "https" -> HTTPS_PORT;
            default -> 0;
        };
    }
}
