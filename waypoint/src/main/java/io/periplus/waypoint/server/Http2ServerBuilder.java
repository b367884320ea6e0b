package io.periplus.waypoint.server;

import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;
import io.periplus.dataplane.http.HttpLimits;
import io.periplus.waypoint.exchange.Drain;
import io.periplus.waypoint.exchange.Exchanges;

/** Assembles the HTTP/2 codec of a client's connection, with a bound on everything that a client can make it do for free. */
final class Http2ServerBuilder
        extends AbstractHttp2ConnectionHandlerBuilder<Http2ServerConnection, Http2ServerBuilder> {
    /** Streams that a client opens and resets: what impatient gRPC clients do at most, far below an attack's rate. */
    private static final int CLIENT_RESETS_MAX = 1000;

    /** Streams that this side resets, mostly after an answer that did not need the request's body. */
    private static final int OWN_RESETS_MAX = 10_000;

    private static final int RESET_WINDOW_SECONDS = 10;

    /** Acknowledgements that a client asks for (PING, SETTINGS) and does not read. */
    private static final int QUEUED_CONTROL_FRAMES_MAX = 1000;

    /** DATA frames in a row that carry nothing and end nothing. */
    private static final int EMPTY_DATA_FRAMES_MAX = 10;

    /** CONTINUATION frames of one field block that are far smaller than they could be. */
    private static final int SMALL_CONTINUATION_FRAMES_MAX = 16;

    private final Exchanges exchanges;
    private final Drain drain;

    Http2ServerBuilder(Exchanges exchanges, Drain drain) {
        this.exchanges = exchanges;
        this.drain = drain;
        server(true);
        initialSettings(new Http2Settings()
                .maxConcurrentStreams(HttpLimits.STREAMS_MAX)
                .initialWindowSize(HttpLimits.STREAM_WINDOW_BYTES)
                .maxHeaderListSize(HttpLimits.HEAD_BYTES_MAX)
                .connectProtocolEnabled(true));
        decoderEnforceMaxRstFramesPerWindow(CLIENT_RESETS_MAX, RESET_WINDOW_SECONDS);
        encoderEnforceMaxRstFramesPerWindow(OWN_RESETS_MAX, RESET_WINDOW_SECONDS);
        encoderEnforceMaxQueuedControlFrames(QUEUED_CONTROL_FRAMES_MAX);
        decoderEnforceMaxConsecutiveEmptyDataFrames(EMPTY_DATA_FRAMES_MAX);
        decoderEnforceMaxSmallContinuationFrames(SMALL_CONTINUATION_FRAMES_MAX);
    }

    /** The handler for one connection. */
    @Override
    public Http2ServerConnection build() {
        return super.build();
    }

    @Override
    protected Http2ServerConnection build(
            Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings initial) {
        Http2Connection connection = encoder.connection();
        connection
                .remote()
                .flowController(
                        new DefaultHttp2RemoteFlowController(connection, new UniformStreamByteDistributor(connection)));
        return new Http2ServerConnection(decoder, encoder, initial, exchanges, drain);
    }
}
