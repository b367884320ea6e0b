package io.periplus.dataplane.hbone;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;

/** Hands the frames of a connection to its session, with streams instead of numbers. */
final class SessionFrames extends Http2EventAdapter {
    static final long DRAIN_PING = 0x6472_6169_6e00_0001L;

    private final HboneSession session;

    SessionFrames(HboneSession session) {
        this.session = session;
    }

    @Override
    public int onDataRead(ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean last) {
        Http2Stream stream = session.connection().stream(streamId);
        TunnelChannel tunnel = stream == null ? null : session.tunnel(stream);
        if (tunnel == null) {
            return data.readableBytes() + padding;
        }
        int bytes = data.readableBytes();
        tunnel.receive(bytes == 0 ? data.retain() : data.readRetainedSlice(bytes), last);
        return padding;
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean last)
            throws Http2Exception {
        Http2Stream stream = session.connection().stream(streamId);
        if (stream != null) {
            session.headers(stream, headers, last);
        }
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext ctx,
            int streamId,
            Http2Headers headers,
            int dependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean last)
            throws Http2Exception {
        onHeadersRead(ctx, streamId, headers, padding, last);
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long code) {
        Http2Stream stream = session.connection().stream(streamId);
        if (stream != null) {
            session.streamReset(stream, code);
        }
    }

    @Override
    public void onPingAckRead(ChannelHandlerContext ctx, long data) {
        if (data == DRAIN_PING) {
            session.drainRoundTripDone();
        } else {
            session.pingAnswered();
        }
    }

    @Override
    public void onGoAwayRead(ChannelHandlerContext ctx, int lastStreamId, long code, ByteBuf debug) {
        session.retire();
    }
}
