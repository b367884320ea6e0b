package io.periplus.waypoint.upstream.policy;

import io.periplus.dataplane.net.SocketSettings;
import io.periplus.wire.waypoint.ConnectionPool;
import io.periplus.wire.waypoint.TcpKeepalive;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The connections to an endpoint.
 *
 * @param sockets how TCP connects and keeps alive
 * @param tcpIdle after which a TCP connection without traffic ends, zero for never, null for the proxy's default
 * @param maxAge after which a connection takes no more requests (HTTP) or ends (TCP), null for never
 * @param requestsPerConnection after which an HTTP connection is closed
 * @param httpIdle after which an HTTP connection without requests is closed
 * @param streamsPerConnection of HTTP/2
 */
public record PoolSettings(
        SocketSettings sockets,
        @Nullable Duration tcpIdle,
        @Nullable Duration maxAge,
        int requestsPerConnection,
        Duration httpIdle,
        int streamsPerConnection,
        Upgrade upgrade) {
    /** Shorter than what servers usually allow (Node's 5 s is the exception, hence the retry of what dies unanswered). */
    private static final Duration HTTP_IDLE_DEFAULT = Duration.ofSeconds(50);

    static final PoolSettings DEFAULT = of(ConnectionPool.getDefaultInstance());

    /** Which version of HTTP endpoints are spoken to, against what their port declares. */
    public enum Upgrade {
        /** As the port declares. */
        NONE,
        /** HTTP/2 also where HTTP/1.1 is declared. */
        HTTP2,
        /** As the client speaks. */
        LIKE_CLIENT
    }

    static PoolSettings of(ConnectionPool source) {
        return new PoolSettings(
                sockets(source),
                source.hasTcpIdleTimeout() ? Times.of(source.getTcpIdleTimeout()) : null,
                Times.positive(source.hasMaxConnectionDuration(), source.getMaxConnectionDuration()),
                limit(source.getMaxRequestsPerConnection()),
                orElse(Times.positive(source.hasHttpIdleTimeout(), source.getHttpIdleTimeout()), HTTP_IDLE_DEFAULT),
                limit(source.getMaxConcurrentStreams()),
                upgrade(source));
    }

    private static Upgrade upgrade(ConnectionPool source) {
        if (source.getUseClientProtocol()) {
            return Upgrade.LIKE_CLIENT;
        }
        return source.getH2UpgradePolicy() == ConnectionPool.UpgradePolicy.UPGRADE ? Upgrade.HTTP2 : Upgrade.NONE;
    }

    private static SocketSettings sockets(ConnectionPool source) {
        SocketSettings usual = SocketSettings.PLAIN;
        TcpKeepalive keepalive = source.getTcpKeepalive();
        return new SocketSettings(
                usual.mark(),
                true,
                orElse(Times.positive(keepalive.hasTime(), keepalive.getTime()), usual.keepaliveIdle()),
                orElse(Times.positive(keepalive.hasInterval(), keepalive.getInterval()), usual.keepaliveInterval()),
                keepalive.getProbes() > 0 ? keepalive.getProbes() : usual.keepaliveProbes(),
                orElse(Times.positive(source.hasConnectTimeout(), source.getConnectTimeout()), usual.connectTimeout()));
    }

    private static Duration orElse(@Nullable Duration given, Duration absent) {
        return given == null ? absent : given;
    }

    static int limit(int given) {
        return given == 0 || given < 0 ? Integer.MAX_VALUE : given;
    }
}
