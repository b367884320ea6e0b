package io.periplus.dataplane.hbone;

import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;

/** Assembles the HTTP/2 codec of a session. */
final class SessionBuilder<S extends HboneSession> extends AbstractHttp2ConnectionHandlerBuilder<S, SessionBuilder<S>> {
    /** Every tunnel whose client gives up ends in RST_STREAM; this many per window are traffic and no attack. */
    private static final int MAX_RESETS = 20_000;

    private static final int RESET_WINDOW_SECONDS = 10;

    private final Factory<S> factory;

    /** Makes the session from the assembled codec. */
    interface Factory<S> {
        S session(Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings initial);
    }

    private SessionBuilder(boolean server, Http2Settings initial, Factory<S> factory) {
        this.factory = factory;
        server(server);
        initialSettings(initial);
        decoderEnforceMaxRstFramesPerWindow(MAX_RESETS, RESET_WINDOW_SECONDS);
        encoderEnforceMaxRstFramesPerWindow(MAX_RESETS, RESET_WINDOW_SECONDS);
    }

    static <S extends HboneSession> S server(HboneSettings settings, Factory<S> factory) {
        Http2Settings initial = common(settings)
                .maxConcurrentStreams(settings.maxConcurrentStreams())
                .maxHeaderListSize(settings.serverHeaderList());
        return new SessionBuilder<>(true, initial, factory).build();
    }

    static <S extends HboneSession> S client(HboneSettings settings, Factory<S> factory) {
        Http2Settings initial = common(settings).pushEnabled(false).maxHeaderListSize(settings.clientHeaderList());
        return new SessionBuilder<>(false, initial, factory).build();
    }

    private static Http2Settings common(HboneSettings settings) {
        return new Http2Settings().initialWindowSize(settings.streamWindow()).maxFrameSize(settings.frameSize());
    }

    @Override
    protected S build(Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings initial) {
        var connection = encoder.connection();
        connection
                .remote()
                .flowController(
                        new DefaultHttp2RemoteFlowController(connection, new UniformStreamByteDistributor(connection)));
        return factory.session(decoder, encoder, initial);
    }
}
