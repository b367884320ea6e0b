package io.periplus.waypoint.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import io.periplus.dataplane.http.Http2Heads;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.dataplane.http.ResponseHead;
import io.periplus.waypoint.exchange.ResetReason;
import io.periplus.waypoint.exchange.ResponseHandler;
import io.periplus.waypoint.exchange.UpstreamStream;
import org.jspecify.annotations.Nullable;

/** One stream of an HTTP/2 connection to an endpoint: a place for one request, then that request. */
final class Http2UpstreamStream extends ChannelInboundHandlerAdapter implements UpstreamSlot, UpstreamStream {
    private final Channel stream;
    private final Channel connection;
    private final boolean reused;
    private @Nullable ResponseHandler handler;
    private boolean headReceived;
    private boolean requestEnded;
    private boolean responseEnded;

    Http2UpstreamStream(Channel stream, Channel connection, boolean reused) {
        this.stream = stream;
        this.connection = connection;
        this.reused = reused;
        stream.pipeline().addLast(this);
    }

    // ---- the request

    @Override
    public UpstreamStream start(RequestHead head, boolean end, ResponseHandler handler) {
        this.handler = handler;
        requestEnded = end;
        stream.write(new DefaultHttp2HeadersFrame(Http2Heads.request(head), end));
        return this;
    }

    @Override
    public void data(ByteBuf data, boolean end) {
        if (!data.isReadable() && !end) {
            data.release();
            return;
        }
        requestEnded |= end;
        stream.write(new DefaultHttp2DataFrame(data, end));
    }

    @Override
    public void trailers(HttpHeaders trailers) {
        if (trailers.isEmpty()) {
            data(Unpooled.EMPTY_BUFFER, true);
            return;
        }
        requestEnded = true;
        stream.write(new DefaultHttp2HeadersFrame(Http2Heads.trailers(trailers), true));
    }

    @Override
    public void flush() {
        stream.flush();
    }

    @Override
    public boolean isWritable() {
        return stream.isWritable();
    }

    @Override
    public void setReading(boolean reading) {
        if (stream.config().isAutoRead() != reading) {
            stream.config().setAutoRead(reading);
        }
    }

    @Override
    public void cancel() {
        handler = null;
        if (!(requestEnded && responseEnded) && stream.isActive()) {
            stream.writeAndFlush(new DefaultHttp2ResetFrame(responseEnded ? Http2Error.NO_ERROR : Http2Error.CANCEL));
        }
        // The stream's channel closes, and lets go of what it holds, only when everything that arrived was read.
        setReading(true);
    }

    @Override
    public void discard() {
        stream.close();
    }

    // ---- the response

    @Override
    public void channelRead(ChannelHandlerContext context, Object frame) {
        ResponseHandler current = handler;
        if (current == null) {
            ReferenceCountUtil.release(frame);
            return;
        }
        switch (frame) {
            case Http2HeadersFrame headers -> headers(headers, current);
            case Http2DataFrame data -> {
                responseEnded |= data.isEndStream();
                current.responseData(data.content(), data.isEndStream());
            }
            default -> ReferenceCountUtil.release(frame);
        }
    }

    private void headers(Http2HeadersFrame frame, ResponseHandler current) {
        try {
            if (headReceived) {
                responseEnded = true;
                current.responseTrailers(Http2Heads.fields(frame.headers()));
                return;
            }
            ResponseHead head = Http2Heads.response(frame.headers());
            if (head.informational()) {
                current.responseInformational(head);
                return;
            }
            headReceived = true;
            responseEnded = frame.isEndStream();
            current.responseHead(head, frame.isEndStream());
        } catch (IllegalArgumentException malformed) {
            responseEnded = false;
            fail(ResetReason.PROTOCOL_ERROR);
            stream.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.PROTOCOL_ERROR));
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        ResponseHandler current = handler;
        if (current != null) {
            current.responseReadComplete();
        }
    }

    // ---- the stream

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        ResponseHandler current = handler;
        if (current != null) {
            current.upstreamWritabilityChanged();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof Http2ResetFrame reset) {
            boolean refused = reset.errorCode() == Http2Error.REFUSED_STREAM.code();
            fail(refused ? ResetReason.REMOTE_REFUSED_STREAM : ResetReason.REMOTE_RESET);
        } else if (event instanceof Http2GoAwayFrame) {
            fail(ResetReason.REMOTE_REFUSED_STREAM);
            context.close();
        }
        ReferenceCountUtil.release(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        fail(ResetReason.CONNECTION_TERMINATION);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        fail(ResetReason.PROTOCOL_ERROR);
        context.close();
    }

    private void fail(ResetReason reason) {
        ResponseHandler current = handler;
        handler = null;
        if (current != null && !responseEnded) {
            current.responseReset(reason);
        }
        setReading(true);
    }

    @Override
    public boolean reused() {
        return reused;
    }

    @Override
    public Channel channel() {
        return connection;
    }
}
