package io.periplus.waypoint.server;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.periplus.dataplane.http.Http1Request;
import io.periplus.dataplane.http.RequestError;
import io.periplus.dataplane.http.RequestException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Requests for another protocol on an HTTP/1.1 connection (RFC 9110 §7.8). */
final class Upgrades {
    private Upgrades() {}

    /**
     * Whether WebSocket is asked for. The way to HTTP/2 that RFC 9113 §3.1 gave up is ignored, as the standard allows: the
     * request is served in HTTP/1.1.
     *
     * @throws RequestException for any other protocol
     */
    static boolean isAsked(Http1Request request) {
        HttpHeaders headers = request.head().headers();
        String protocol = headers.get(HttpHeaderNames.UPGRADE);
        if (protocol == null
                || request.http10()
                || !headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
                || protocol.toLowerCase(Locale.ROOT).startsWith("h2c")) {
            return false;
        }
        check(protocol);
        if (request.hasBody()) {
            throw new RequestException(RequestError.UPGRADE_REFUSED);
        }
        return true;
    }

    /** Refuses every protocol but WebSocket. */
    static void check(@Nullable CharSequence protocol) {
        if (protocol == null || !HttpHeaderValues.WEBSOCKET.contentEqualsIgnoreCase(protocol)) {
            throw new RequestException(RequestError.UPGRADE_REFUSED);
        }
    }
}
