package io.periplus.waypoint.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;

/** Hands the frames of a client's connection to its streams. */
final class Http2ServerFrames extends Http2EventAdapter {
    private final Http2ServerConnection connection;

    Http2ServerFrames(Http2ServerConnection connection) {
        this.connection = connection;
    }

    @Override
    public int onDataRead(ChannelHandlerContext context, int id, ByteBuf data, int padding, boolean last) {
        Http2ServerStream stream = connection.stream(id);
        int credited = stream == null ? data.readableBytes() : stream.received(data, last);
        if (stream != null) {
            connection.afterReadRound(stream);
        }
        return credited + padding;
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext context, int id, Http2Headers fields, int padding, boolean last) {
        Http2ServerStream stream = connection.stream(id);
        if (stream == null) {
            connection.begin(id, fields, last);
        } else {
            stream.receivedTrailers(fields);
        }
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
        Http2ServerStream stream = connection.stream(id);
        if (stream != null) {
            stream.gone();
        }
    }

    @Override
    public void onStreamClosed(Http2Stream closed) {
        Http2ServerStream stream = connection.stream(closed);
        if (stream != null) {
            stream.gone();
        }
    }
}
