package io.periplus.waypoint.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.ReferenceCountUtil;
import io.periplus.dataplane.http.FlowWindows;
import io.periplus.dataplane.http.HttpLimits;
import io.periplus.waypoint.exchange.Drain;
import io.periplus.waypoint.exchange.Exchanges;
import io.periplus.waypoint.exchange.IdleCheck;

/** One HTTP/2 connection of a client (RFC 9113, prior knowledge); every stream of it is an exchange. */
public final class Http2ServerConnection extends ChannelInboundHandlerAdapter {
    private final Http2FrameCodec codec;
    private final Drain drain;
    private final Runnable onDrain = this::drainStarted;
    private boolean warned;
    private Channel channel;

    @SuppressWarnings("NullAway.Init")
    private Http2ServerConnection(Http2FrameCodec codec, Drain drain) {
        this.codec = codec;
        this.drain = drain;
    }

    /** Makes the channel an HTTP/2 server connection. */
    public static void install(Channel channel, Exchanges exchanges, Drain drain) {
        Http2FrameCodec codec = Http2FrameCodecBuilder.forServer()
                .initialSettings(new Http2Settings()
                        .maxConcurrentStreams(HttpLimits.STREAMS_MAX)
                        .initialWindowSize(HttpLimits.STREAM_WINDOW_BYTES)
                        .maxHeaderListSize(HttpLimits.HEAD_BYTES_MAX))
                .decoupleCloseAndGoAway(true)
                .build();
        Http2MultiplexHandler streams = new Http2MultiplexHandler(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel stream) {
                Http2ServerStream.install(stream, exchanges);
            }
        });
        channel.pipeline().addLast(codec, streams, new Http2ServerConnection(codec, drain));
        FlowWindows.widen(codec);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        channel = context.channel();
        drain.add(onDrain);
        IdleCheck.watch(channel, this::activity);
    }

    private long activity() {
        return codec.connection().numActiveStreams() > 0
                ? IdleCheck.BUSY
                : codec.connection().remote().lastStreamCreated();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        drain.remove(onDrain);
    }

    /** Frames of the connection itself: settings and pings were answered by the codec. */
    @Override
    public void channelRead(ChannelHandlerContext context, Object frame) {
        ReferenceCountUtil.release(frame);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            context.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }

    /** First a word that new streams should go elsewhere, which refuses none; the last stream is named after the notice. */
    private void drainStarted() {
        channel.eventLoop().execute(() -> {
            if (!channel.isActive()) {
                return;
            }
            if (!warned) {
                warned = true;
                channel.writeAndFlush(
                        new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR).setExtraStreamIds(Integer.MAX_VALUE));
            }
            if (drain.noticeOver()) {
                channel.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
                if (codec.connection().numActiveStreams() == 0) {
                    GracefulClose.close(channel);
                }
            }
        });
    }
}
