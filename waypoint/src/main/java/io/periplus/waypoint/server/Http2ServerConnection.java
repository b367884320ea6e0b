package io.periplus.waypoint.server;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.periplus.dataplane.http.Http2Session;
import io.periplus.dataplane.http.Http2SessionBuilder;
import io.periplus.dataplane.http.Http2StreamHandler;
import io.periplus.waypoint.exchange.Drain;
import io.periplus.waypoint.exchange.Exchanges;
import io.periplus.waypoint.exchange.IdleCheck;

/** One HTTP/2 connection of a client (RFC 9113, prior knowledge); every stream of it is an exchange. */
public final class Http2ServerConnection extends Http2Session {
    private final Exchanges exchanges;
    private final Drain drain;
    private final Runnable onDrain = this::drainStarted;
    private ChannelHandlerContext context;
    private boolean warned;

    @SuppressWarnings("NullAway.Init")
    private Http2ServerConnection(
            Http2ConnectionDecoder decoder,
            Http2ConnectionEncoder encoder,
            Http2Settings initial,
            Exchanges exchanges,
            Drain drain) {
        super(decoder, encoder, initial);
        this.exchanges = exchanges;
        this.drain = drain;
        gracefulShutdownTimeoutMillis(-1);
    }

    /** Makes the channel an HTTP/2 server connection. */
    public static void install(Channel channel, Exchanges exchanges, Drain drain) {
        Http2ServerConnection connection = Http2SessionBuilder.server(
                exchanges.settings().windows(),
                (decoder, encoder, initial) -> new Http2ServerConnection(decoder, encoder, initial, exchanges, drain));
        channel.pipeline().addLast(connection);
    }

    @Override
    protected Http2StreamHandler opened(Http2Stream stream) {
        return new Http2ServerStream(this, stream, exchanges);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) throws Exception {
        context = added;
        super.handlerAdded(added);
        drain.add(onDrain);
        IdleCheck.watch(
                added.channel(),
                exchanges.settings().idleTimeout(),
                () -> connection().numActiveStreams() > 0
                        ? IdleCheck.BUSY
                        : connection().remote().lastStreamCreated());
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext removed) throws Exception {
        drain.remove(onDrain);
        super.handlerRemoved0(removed);
    }

    /**
     * First a word that new streams should go elsewhere, which refuses none (RFC 9113 §6.8). After the notice the final
     * GOAWAY, which the codec sends; it then waits for the streams that are open.
     */
    private void drainStarted() {
        eventLoop().execute(() -> {
            if (!context.channel().isActive()) {
                return;
            }
            if (!warned) {
                warned = true;
                goAway(
                        context,
                        Integer.MAX_VALUE,
                        Http2Error.NO_ERROR.code(),
                        Unpooled.EMPTY_BUFFER,
                        context.newPromise());
                flush(context);
            }
            if (drain.noticeOver()) {
                context.channel().close();
            }
        });
    }
}
