package io.periplus.waypoint.upstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.periplus.dataplane.http.Http2Session;
import io.periplus.dataplane.http.Http2SessionBuilder;
import io.periplus.dataplane.http.Http2StreamHandler;
import io.periplus.dataplane.http.HttpLimits;
import io.periplus.waypoint.upstream.policy.PoolSettings;
import org.jspecify.annotations.Nullable;

/** One HTTP/2 connection to an endpoint, with a place for a request per stream that the endpoint allows. */
final class Http2UpstreamConnection extends Http2Session {
    private final ConnectionAge age;
    private final Runnable onRoom;
    private final int streamsMax;
    private boolean reused;
    private boolean ended;
    private int taken;
    private long idleSinceNanos = System.nanoTime();

    private Http2UpstreamConnection(
            Http2ConnectionDecoder decoder,
            Http2ConnectionEncoder encoder,
            Http2Settings initial,
            PoolSettings settings,
            Runnable onRoom) {
        super(decoder, encoder, initial);
        this.age = new ConnectionAge(settings);
        this.onRoom = onRoom;
        this.streamsMax = Math.min(settings.streamsPerConnection(), HttpLimits.STREAMS_MAX);
        gracefulShutdownTimeoutMillis(0);
    }

    /**
     * Makes the channel an HTTP/2 client connection.
     *
     * @param onRoom called whenever a request has ended
     */
    static Http2UpstreamConnection install(Channel channel, PoolSettings settings, Runnable onRoom) {
        Http2UpstreamConnection connection = Http2SessionBuilder.client((decoder, encoder, initial) ->
                new Http2UpstreamConnection(decoder, encoder, initial, settings, onRoom));
        channel.pipeline().addLast(connection);
        channel.config().setAutoRead(true);
        return connection;
    }

    /** Push is switched off; a server's stream is an error that the codec answers. */
    @Override
    protected @Nullable Http2StreamHandler opened(Http2Stream stream) {
        return null;
    }

    /** Whether another request may be started. */
    boolean hasRoom() {
        int active = connection().local().numActiveStreams() + taken;
        return !ended
                && !age.isOver()
                && channel().isActive()
                && !connection().goAwayReceived()
                && active < Math.min(connection().local().maxActiveStreams(), streamsMax);
    }

    void open(Acquirer acquirer) {
        taken++;
        age.used();
        idleSinceNanos = 0;
        boolean earlierUse = reused;
        reused = true;
        acquirer.ready(new Http2UpstreamStream(this, earlierUse));
    }

    /** A place that was taken is a stream now. */
    @Nullable
    Http2Stream started(int id, Http2StreamHandler handler) {
        taken--;
        Http2Stream stream = connection().stream(id);
        if (stream != null) {
            attach(stream, handler);
        }
        return stream;
    }

    /** A place that was taken is free again. */
    void discarded() {
        taken--;
        onRoom.run();
    }

    int nextStreamId() {
        return connection().local().incrementAndGetNextStreamId();
    }

    void streamEnded() {
        onRoom.run();
    }

    /** Whether the endpoint has said that it did not look at this stream (RFC 9113 §6.8). */
    boolean wasIgnored(Http2Stream stream) {
        return connection().goAwayReceived()
                && stream.id() > connection().local().lastStreamKnownByPeer();
    }

    /** Whether nothing was in progress at this and the previous look. */
    boolean isIdle(long nowNanos, long forNanos) {
        if (connection().numActiveStreams() > 0 || taken > 0) {
            idleSinceNanos = 0;
            return false;
        }
        if (idleSinceNanos == 0) {
            idleSinceNanos = nowNanos;
        }
        return nowNanos - idleSinceNanos > forNanos;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext told, Object event) throws Exception {
        ended |= event == ChannelInputShutdownEvent.INSTANCE;
        super.userEventTriggered(told, event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext told) throws Exception {
        ended = true;
        super.channelInactive(told);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext told, Throwable cause) throws Exception {
        ended = true;
        super.exceptionCaught(told, cause);
    }
}
