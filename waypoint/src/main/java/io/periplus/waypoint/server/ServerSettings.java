package io.periplus.waypoint.server;

import java.time.Duration;

/**
 * How clients' connections are served.
 *
 * @param http10 whether HTTP/1.0 is served; it is answered 426 otherwise
 * @param http1Trailers whether trailers of HTTP/1.1 messages pass; without it they are dropped, but for answers to clients
 *     that say {@code TE: trailers} (RFC 9110 §6.5.1)
 * @param headTimeout within which a request's head has to be complete once it has begun
 */
public record ServerSettings(boolean http10, boolean http1Trailers, Duration headTimeout) {
    /** A minute is what other servers give a slow client; a head is one or two packets. */
    private static final Duration HEAD_TIMEOUT = Duration.ofSeconds(60);

    public static final ServerSettings DEFAULT = new ServerSettings(false, false, HEAD_TIMEOUT);

    public ServerSettings withHttp10() {
        return new ServerSettings(true, http1Trailers, headTimeout);
    }

    public ServerSettings withHttp1Trailers() {
        return new ServerSettings(http10, true, headTimeout);
    }

    public ServerSettings withHeadTimeout(Duration timeout) {
        return new ServerSettings(http10, http1Trailers, timeout);
    }
}
