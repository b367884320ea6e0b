package io.periplus.dataplane.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/** Hands the frames of a connection to its streams. */
final class Http2SessionFrames extends Http2EventAdapter {
    private final Http2Session session;

    Http2SessionFrames(Http2Session session) {
        this.session = session;
    }

    private @Nullable Http2StreamHandler handler(int id) {
        Http2Stream stream = session.connection().stream(id);
        return stream == null ? null : session.handler(stream);
    }

    @Override
    public int onDataRead(ChannelHandlerContext context, int id, ByteBuf data, int padding, boolean last) {
        Http2StreamHandler handler = handler(id);
        if (handler == null) {
            return data.readableBytes() + padding;
        }
        int credited = handler.received(data, last);
        session.afterReadRound(handler);
        return credited + padding;
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext context, int id, Http2Headers fields, int padding, boolean last) {
        Http2StreamHandler handler = handler(id);
        if (handler == null) {
            Http2Stream stream = session.connection().stream(id);
            handler = stream == null ? null : session.opened(stream);
            if (stream == null || handler == null) {
                return;
            }
            session.attach(stream, handler);
        }
        handler.received(fields, last);
        session.afterReadRound(handler);
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext context,
            int id,
            Http2Headers fields,
            int dependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean last) {
        onHeadersRead(context, id, fields, padding, last);
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext context, int id, long code) {
        Http2StreamHandler handler = handler(id);
        if (handler != null) {
            handler.reset(code);
        }
    }

    @Override
    public void onStreamClosed(Http2Stream stream) {
        Http2StreamHandler handler = session.handler(stream);
        if (handler != null) {
            handler.closed();
        }
    }
}
