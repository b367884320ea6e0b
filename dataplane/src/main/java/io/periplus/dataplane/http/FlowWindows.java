package io.periplus.dataplane.http;

import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2LocalFlowController;

/** The connection's own flow-control window (RFC 9113 §6.9.2). */
public final class FlowWindows {
    private FlowWindows() {}

    /** Lets the peer fill every stream's window at once; the protocol's 64 KiB would be shared by all of them. */
    public static void widen(Http2FrameCodec codec) {
        Http2Connection connection = codec.connection();
        Http2LocalFlowController flow = connection.local().flowController();
        int more = HttpLimits.CONNECTION_WINDOW_BYTES - flow.initialWindowSize(connection.connectionStream());
        try {
            flow.incrementWindowSize(connection.connectionStream(), more);
        } catch (Http2Exception e) {
            throw new IllegalStateException("HTTP/2 connection window of " + HttpLimits.CONNECTION_WINDOW_BYTES, e);
        }
    }
}
