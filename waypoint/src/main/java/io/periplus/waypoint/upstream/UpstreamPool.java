package io.periplus.waypoint.upstream;

import io.periplus.waypoint.exchange.HttpProtocol;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP connections of one event loop to one endpoint of a cluster. They carry this proxy's identity, not the clients',
 * so requests of different clients share them.
 */
final class UpstreamPool {
    private final ConnectionSource source;
    private @Nullable Http1Connections http1;
    private @Nullable Http2Connections http2;

    UpstreamPool(ConnectionSource source) {
        this.source = source;
    }

    /** Finds or makes a connection and tells the acquirer, at once or later. */
    void acquire(HttpProtocol protocol, Acquirer acquirer) {
        switch (protocol) {
            case HTTP1 -> http1().acquire(acquirer);
            case HTTP2 -> http2().acquire(acquirer);
        }
    }

    private Http1Connections http1() {
        Http1Connections known = http1;
        if (known == null) {
            known = new Http1Connections(source);
            http1 = known;
        }
        return known;
    }

    private Http2Connections http2() {
        Http2Connections known = http2;
        if (known == null) {
            known = new Http2Connections(source);
            http2 = known;
        }
        return known;
    }

    void sweep(long nowNanos) {
        if (http1 != null) {
            http1.sweep(nowNanos);
        }
        if (http2 != null) {
            http2.sweep(nowNanos);
        }
    }

    void retire(boolean gone) {
        if (http1 != null) {
            http1.retire(gone);
        }
        if (http2 != null) {
            http2.retire(gone);
        }
    }

    boolean isUnused() {
        return (http1 == null || http1.isUnused()) && (http2 == null || http2.isUnused());
    }

    int open() {
        return (http1 == null ? 0 : http1.open()) + (http2 == null ? 0 : http2.open());
    }
}
