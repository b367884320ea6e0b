package io.periplus.waypoint.upstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.periplus.dataplane.http.FlowWindows;
import io.periplus.dataplane.http.HttpLimits;
import io.periplus.waypoint.exchange.ResetReason;
import io.periplus.waypoint.upstream.policy.PoolSettings;

/** One HTTP/2 connection to an endpoint, with a place for a request per stream that the endpoint allows. */
final class Http2UpstreamConnection extends ChannelInboundHandlerAdapter {
    private final Channel channel;
    private final Http2FrameCodec codec;
    private final Http2StreamChannelBootstrap streams;
    private boolean reused;
    private boolean ended;
    private int opening;
    private long idleSinceNanos = System.nanoTime();

    private final ConnectionAge age;
    private final Runnable onRoom;
    private final int streamsMax;

    /** @param onRoom called whenever a request has ended */
    Http2UpstreamConnection(Channel channel, PoolSettings settings, Runnable onRoom) {
        this.channel = channel;
        this.age = new ConnectionAge(settings);
        this.onRoom = onRoom;
        this.streamsMax = Math.min(settings.streamsPerConnection(), HttpLimits.STREAMS_MAX);
        codec = Http2FrameCodecBuilder.forClient()
                .initialSettings(new Http2Settings()
                        .pushEnabled(false)
                        .initialWindowSize(HttpLimits.STREAM_WINDOW_BYTES)
                        .maxHeaderListSize(HttpLimits.HEAD_BYTES_MAX))
                .decoupleCloseAndGoAway(true)
                .build();
        Http2MultiplexHandler multiplexer = new Http2MultiplexHandler(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel pushed) {
                pushed.close();
            }
        });
        channel.pipeline().addLast(codec, multiplexer, this);
        FlowWindows.widen(codec);
        streams = new Http2StreamChannelBootstrap(channel);
        channel.config().setAutoRead(true);
    }

    /** Whether another request may be started. */
    boolean hasRoom() {
        int active = codec.connection().local().numActiveStreams() + opening;
        return !ended
                && !age.isOver()
                && channel.isActive()
                && !codec.connection().goAwayReceived()
                && active < Math.min(codec.connection().local().maxActiveStreams(), streamsMax);
    }

    void open(Acquirer acquirer) {
        opening++;
        age.used();
        idleSinceNanos = 0;
        boolean earlierUse = reused;
        reused = true;
        streams.open().addListener((Future<Http2StreamChannel> opened) -> {
            opening--;
            if (opened.isSuccess()) {
                opened.getNow().closeFuture().addListener(_ -> onRoom.run());
                acquirer.ready(new Http2UpstreamStream(opened.getNow(), channel, earlierUse));
            } else {
                acquirer.failed(ResetReason.CONNECTION_FAILURE, ConnectFailures.textOf(opened.cause()));
            }
        });
    }

    /** Whether nothing was in progress at this and the previous look. */
    boolean isIdle(long nowNanos, long forNanos) {
        if (codec.connection().numActiveStreams() > 0 || opening > 0) {
            idleSinceNanos = 0;
            return false;
        }
        if (idleSinceNanos == 0) {
            idleSinceNanos = nowNanos;
        }
        return nowNanos - idleSinceNanos > forNanos;
    }

    Channel channel() {
        return channel;
    }

    /** Frames of the connection itself; the codec has taken note of them. */
    @Override
    public void channelRead(ChannelHandlerContext context, Object frame) {
        ReferenceCountUtil.release(frame);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            ended = true;
            context.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        ended = true;
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        ended = true;
        context.close();
    }
}
