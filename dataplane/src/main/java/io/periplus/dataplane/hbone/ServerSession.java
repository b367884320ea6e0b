package io.periplus.dataplane.hbone;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.periplus.api.SpiffeId;

/** The server's end of a connection: turns streams into requests. */
final class ServerSession extends HboneSession {
    private final HboneAcceptor acceptor;
    private final SpiffeId peer;

    private ServerSession(
            Http2ConnectionDecoder decoder,
            Http2ConnectionEncoder encoder,
            Http2Settings initial,
            HboneSettings settings,
            HboneAcceptor acceptor,
            SpiffeId peer) {
        super(decoder, encoder, initial, settings);
        this.acceptor = acceptor;
        this.peer = peer;
    }

    static ServerSession of(HboneSettings settings, HboneAcceptor acceptor, SpiffeId peer) {
        return SessionBuilder.server(
                settings,
                (decoder, encoder, initial) -> new ServerSession(decoder, encoder, initial, settings, acceptor, peer));
    }

    @Override
    void headers(Http2Stream stream, Http2Headers headers, boolean last) {
        TunnelChannel known = tunnel(stream);
        if (known != null) {
            // Trailers: they can only end the stream.
            known.receiveEnd();
            return;
        }
        TunnelChannel tunnel = new TunnelChannel(this, stream);
        attach(stream, tunnel);
        if (last) {
            tunnel.receiveEnd();
        }
        if (headers.method() == null || !"CONNECT".contentEquals(headers.method()) || headers.authority() == null) {
            reject(stream, tunnel, 400);
            return;
        }
        acceptor.onConnect(new HboneRequest(this, stream, headers, peer, tunnel));
    }

    void reject(Http2Stream stream, TunnelChannel tunnel, int status) {
        writeHeaders(stream.id(), new DefaultHttp2Headers(false).status(Integer.toString(status)), true);
        // The client may not have ended its side; the answer is complete without it.
        reset(stream, Http2Error.NO_ERROR);
        tunnel.terminate(null);
        flushSoon();
    }

    @Override
    void unopened(Http2Stream stream, HboneException why) {
        // A stream that was refused before it became a request has nobody to tell.
    }

    @Override
    void tick() {
        // Clients decide how long an idle connection lives.
    }

    @Override
    void noMoreStreams() {
        // The codec refuses streams above the announced last one.
    }
}
