package io.periplus.dataplane.http;

import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;

/** Assembles the HTTP/2 codec of a session, with a bound on everything that a peer can make it do for free. */
public final class Http2SessionBuilder<S extends Http2Session>
        extends AbstractHttp2ConnectionHandlerBuilder<S, Http2SessionBuilder<S>> {
    /** Streams that a client opens and resets: what impatient gRPC clients do at most, far below an attack's rate. */
    private static final int PEER_RESETS_MAX = 1000;

    /** Streams that a server resets, mostly after an answer that did not need the request's body. */
    private static final int OWN_RESETS_MAX = 10_000;

    private static final int RESET_WINDOW_SECONDS = 10;

    /** Acknowledgements that a peer asks for (PING, SETTINGS) and does not read. */
    private static final int QUEUED_CONTROL_FRAMES_MAX = 1000;

    /** DATA frames in a row that carry nothing and end nothing. */
    private static final int EMPTY_DATA_FRAMES_MAX = 10;

    /** CONTINUATION frames of one field block that are far smaller than they could be. */
    private static final int SMALL_CONTINUATION_FRAMES_MAX = 16;

    private final Factory<S> factory;
    private final Http2Windows windows;

    /** Makes the session from the assembled codec. */
    public interface Factory<S> {
        S session(Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings initial);
    }

    private Http2SessionBuilder(boolean server, Http2Settings initial, Http2Windows windows, Factory<S> factory) {
        this.factory = factory;
        this.windows = windows;
        server(server);
        initialSettings(initial.initialWindowSize(windows.streamBytes()).maxHeaderListSize(HttpLimits.HEAD_BYTES_MAX));
        if (server) {
            decoderEnforceMaxRstFramesPerWindow(PEER_RESETS_MAX, RESET_WINDOW_SECONDS);
            encoderEnforceMaxRstFramesPerWindow(OWN_RESETS_MAX, RESET_WINDOW_SECONDS);
        }
        encoderEnforceMaxQueuedControlFrames(QUEUED_CONTROL_FRAMES_MAX);
        decoderEnforceMaxConsecutiveEmptyDataFrames(EMPTY_DATA_FRAMES_MAX);
        decoderEnforceMaxSmallContinuationFrames(SMALL_CONTINUATION_FRAMES_MAX);
    }

    /** The side that takes requests. */
    public static <S extends Http2Session> S server(Http2Windows windows, Factory<S> factory) {
        Http2Settings initial =
                new Http2Settings().maxConcurrentStreams(HttpLimits.STREAMS_MAX).connectProtocolEnabled(true);
        return new Http2SessionBuilder<>(true, initial, windows, factory).build();
    }

    /** The side that sends them; one connection serves many clients. */
    public static <S extends Http2Session> S client(Factory<S> factory) {
        Http2Settings initial = new Http2Settings().pushEnabled(false);
        return new Http2SessionBuilder<>(false, initial, Http2Windows.SHARED, factory).build();
    }

    @Override
    protected S build(Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings initial) {
        Http2Connection connection = encoder.connection();
        connection
                .remote()
                .flowController(
                        new DefaultHttp2RemoteFlowController(connection, new UniformStreamByteDistributor(connection)));
        S session = factory.session(decoder, encoder, initial);
        session.connectionWindow(windows.connectionBytes());
        return session;
    }
}
