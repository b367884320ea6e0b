package io.periplus.waypoint.server;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Headers.PseudoHeaderName;
import io.netty.util.AsciiString;
import io.periplus.dataplane.http.HopByHop;
import io.periplus.dataplane.http.Http2Heads;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.dataplane.http.ResponseHead;
import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;

/**
 * WebSocket over HTTP/2 (RFC 8441) in the form that exchanges and endpoints know: the upgrade of HTTP/1.1 (RFC 6455 §4),
 * of which the key and its echo have no part in HTTP/2.
 */
final class ExtendedConnect {
    private static final AsciiString CONNECT = AsciiString.cached("CONNECT");
    private static final int KEY_BYTES = 16;

    private ExtendedConnect() {}

    /**
     * Whether a request asks for WebSocket.
     *
     * @throws io.periplus.dataplane.http.RequestException if it asks for another protocol, or for a tunnel (RFC 9110 §9.3.6)
     */
    static boolean isAsked(Http2Headers fields) {
        if (!AsciiString.contentEquals(CONNECT, fields.method() == null ? "" : fields.method())) {
            return false;
        }
        Upgrades.check(fields.get(PseudoHeaderName.PROTOCOL.value()));
        return true;
    }

    static RequestHead request(Http2Headers fields) {
        RequestHead head = Http2Heads.request(fields.method("GET"));
        if (!head.headers().contains(HttpHeaderNames.SEC_WEBSOCKET_KEY)) {
            byte[] key = new byte[KEY_BYTES];
            ThreadLocalRandom.current().nextBytes(key);
            head.headers()
                    .set(HttpHeaderNames.SEC_WEBSOCKET_KEY, Base64.getEncoder().encodeToString(key));
        }
        return head;
    }

    static Http2Headers response(ResponseHead head) {
        HopByHop.remove(head.headers());
        head.headers().remove(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT);
        return Http2Heads.response(new ResponseHead(200, head.headers()));
    }
}
