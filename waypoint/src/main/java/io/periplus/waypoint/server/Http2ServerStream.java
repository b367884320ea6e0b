package io.periplus.waypoint.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;
import io.periplus.dataplane.http.Http2Heads;
import io.periplus.dataplane.http.RequestChecks;
import io.periplus.dataplane.http.RequestError;
import io.periplus.dataplane.http.RequestException;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.dataplane.http.ResponseHead;
import io.periplus.waypoint.exchange.ClientStream;
import io.periplus.waypoint.exchange.Exchanges;
import io.periplus.waypoint.exchange.HttpProtocol;
import io.periplus.waypoint.exchange.RequestHandler;

/** One request on an HTTP/2 connection. The codec gives the peer new credit as frames are read from the stream's channel. */
final class Http2ServerStream extends ChannelInboundHandlerAdapter implements ClientStream {
    private final Exchanges exchanges;
    private ChannelHandlerContext context;
    private final RequestEvents events = new RequestEvents(this::gone);
    private boolean begun;
    private boolean requestEnded;
    private boolean responseEnded;

    @SuppressWarnings("NullAway.Init")
    private Http2ServerStream(Exchanges exchanges) {
        this.exchanges = exchanges;
    }

    /** Makes the stream's channel an exchange. */
    static void install(Channel stream, Exchanges exchanges) {
        Http2ServerStream server = new Http2ServerStream(exchanges);
        stream.pipeline().addLast(server, server.events);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        this.context = context;
    }

    // ---- the request

    @Override
    public void channelRead(ChannelHandlerContext context, Object frame) {
        switch (frame) {
            case Http2HeadersFrame headers when !begun -> begin(headers);
            case Http2HeadersFrame trailers -> end(trailers);
            case Http2DataFrame data -> data(data);
            default -> ReferenceCountUtil.release(frame);
        }
    }

    private void begin(Http2HeadersFrame frame) {
        begun = true;
        requestEnded = frame.isEndStream();
        RequestHead head = null;
        try {
            head = Http2Heads.request(frame.headers());
            RequestChecks.common(head);
            RequestHandler handler = exchanges.begin(this, head, !requestEnded, false);
            if (!responseEnded) {
                events.begin(handler);
            }
        } catch (RequestException refused) {
            exchanges.refuse(this, refused.error(), head);
        } catch (IllegalArgumentException malformed) {
            exchanges.refuse(this, RequestError.MALFORMED, head);
        }
    }

    private void data(Http2DataFrame frame) {
        RequestHandler current = events.request();
        requestEnded |= frame.isEndStream();
        if (current == null) {
            frame.release();
            return;
        }
        current.requestData(frame.content(), frame.isEndStream());
    }

    private void end(Http2HeadersFrame frame) {
        RequestHandler current = events.request();
        requestEnded = true;
        if (current == null) {
            return;
        }
        try {
            current.requestTrailers(Http2Heads.fields(frame.headers()));
        } catch (IllegalArgumentException malformed) {
            current.requestMalformed();
        }
    }

    @Override
    public void setReading(boolean reading) {
        if (context.channel().config().isAutoRead() != reading) {
            context.channel().config().setAutoRead(reading);
        }
    }

    // ---- the response

    @Override
    public void informational(ResponseHead head) {
        context.write(new DefaultHttp2HeadersFrame(Http2Heads.response(head), false));
    }

    @Override
    public void head(ResponseHead head, boolean end) {
        context.write(new DefaultHttp2HeadersFrame(Http2Heads.response(head), end));
        if (end) {
            endResponse();
        }
    }

    @Override
    public void data(ByteBuf data, boolean end) {
        if (!data.isReadable() && !end) {
            data.release();
            return;
        }
        context.write(new DefaultHttp2DataFrame(data, end));
        if (end) {
            endResponse();
        }
    }

    @Override
    public void trailers(HttpHeaders trailers) {
        if (trailers.isEmpty()) {
            data(Unpooled.EMPTY_BUFFER, true);
            return;
        }
        context.write(new DefaultHttp2HeadersFrame(Http2Heads.trailers(trailers), true));
        endResponse();
    }

    /** RFC 9113 §8.1: an answer that does not need the rest of the request ends the stream without an error. */
    private void endResponse() {
        responseEnded = true;
        if (!requestEnded) {
            context.write(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR));
        }
        context.flush();
        dropTheRest();
    }

    /** A stream's channel closes, and lets go of what it holds, only when everything that arrived was read. */
    private void dropTheRest() {
        events.end();
        setReading(true);
    }

    @Override
    public void flush() {
        context.flush();
    }

    @Override
    public boolean isWritable() {
        return context.channel().isWritable();
    }

    @Override
    public void abort() {
        responseEnded = true;
        context.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.INTERNAL_ERROR));
        dropTheRest();
    }

    @Override
    public void switchProtocols(ResponseHead head) {
        throw new IllegalStateException("an HTTP/2 stream cannot switch protocols");
    }

    @Override
    public HttpProtocol protocol() {
        return HttpProtocol.HTTP2;
    }

    @Override
    public EventLoop eventLoop() {
        return context.channel().eventLoop();
    }

    private void gone() {
        responseEnded = true;
        setReading(true);
    }
}
