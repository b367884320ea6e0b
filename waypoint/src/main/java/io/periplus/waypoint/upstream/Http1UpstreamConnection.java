package io.periplus.waypoint.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.periplus.dataplane.http.Http1ResponseDecoder;
import io.periplus.dataplane.http.Http1Writer;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.dataplane.http.ResponseHead;
import io.periplus.waypoint.exchange.BareConnection;
import io.periplus.waypoint.exchange.ResetReason;
import io.periplus.waypoint.exchange.ResponseHandler;
import io.periplus.waypoint.exchange.UpstreamStream;
import io.periplus.waypoint.upstream.policy.PoolSettings;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection to an endpoint, one request at a time.
 *
 * <pre>
 * FREE --start--> BUSY --both messages ended, keep-alive--> FREE
 *                 BUSY --cancelled, malformed, ended by the endpoint--> closed
 *                 BUSY --101--> this handler and the decoder leave the pipeline
 * </pre>
 */
final class Http1UpstreamConnection extends ChannelInboundHandlerAdapter implements UpstreamSlot, UpstreamStream {
    private final Channel channel;
    private final Http1Connections home;
    private final Http1ResponseDecoder decoder = new Http1ResponseDecoder();
    private @Nullable ResponseHandler handler;
    /** A head that says itself that nothing follows, until the decoder has seen its end too. */
    private @Nullable ResponseHead complete;

    private @Nullable ResponseHead switching;
    private boolean interim;
    private boolean requestEnded = true;
    private boolean responseEnded = true;
    private boolean chunked;
    private boolean head;
    private boolean keepAlive = true;
    private boolean reused;

    private final ConnectionAge age;

    Http1UpstreamConnection(Channel channel, Http1Connections home, PoolSettings settings) {
        this.channel = channel;
        this.home = home;
        this.age = new ConnectionAge(settings);
        channel.pipeline().addLast(decoder, this);
        channel.config().setAutoRead(true);
    }

    /** Whether it may take another request. */
    boolean isUsable() {
        return channel.isActive() && !age.isOver();
    }

    // ---- the request

    @Override
    public UpstreamStream start(RequestHead request, boolean end, ResponseHandler handler) {
        this.handler = handler;
        age.used();
        requestEnded = end;
        responseEnded = false;
        complete = null;
        chunked = false;
        head = request.method().equals("HEAD");
        decoder.expectAnswerTo(request.method());
        HttpHeaders headers = request.headers();
        boolean sized = headers.contains(HttpHeaderNames.CONTENT_LENGTH);
        if (!end && !sized) {
            headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
            chunked = true;
        } else if (end && !sized && usuallyHasContent(request.method())) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, HttpHeaderValues.ZERO);
        }
        channel.write(Http1Writer.request(channel.alloc(), request), channel.voidPromise());
        headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
        return this;
    }

    /** RFC 9110 §8.6: a request whose method anticipates content says that it has none. */
    private static boolean usuallyHasContent(String method) {
        return method.equals("POST") || method.equals("PUT") || method.equals("PATCH");
    }

    @Override
    public void data(ByteBuf data, boolean end) {
        if (!data.isReadable()) {
            data.release();
        } else if (chunked) {
            channel.write(Http1Writer.chunkStart(channel.alloc(), data.readableBytes()), channel.voidPromise());
            channel.write(data, channel.voidPromise());
            channel.write(Http1Writer.chunkEnd(), channel.voidPromise());
        } else {
            channel.write(data, channel.voidPromise());
        }
        if (end) {
            if (chunked) {
                channel.write(Http1Writer.lastChunk(), channel.voidPromise());
            }
            endRequest();
        }
    }

    @Override
    public void trailers(HttpHeaders trailers) {
        if (chunked) {
            channel.write(Http1Writer.lastChunk(channel.alloc(), trailers), channel.voidPromise());
        }
        endRequest();
    }

    private void endRequest() {
        requestEnded = true;
        channel.flush();
        freeIfDone();
    }

    @Override
    public void flush() {
        channel.flush();
    }

    @Override
    public boolean isWritable() {
        return channel.isWritable();
    }

    @Override
    public void setReading(boolean reading) {
        if (channel.config().isAutoRead() != reading) {
            channel.config().setAutoRead(reading);
        }
    }

    @Override
    public void cancel() {
        handler = null;
        if (!(requestEnded && responseEnded)) {
            channel.close();
        }
    }

    @Override
    public void discard() {
        home.free(this);
    }

    // ---- the response

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ResponseHandler current = handler;
        if (switching != null && message instanceof ByteBuf) {
            context.fireChannelRead(message);
            return;
        }
        if (current == null || responseEnded) {
            ReferenceCountUtil.release(message);
            context.close();
            return;
        }
        switch (message) {
            case HttpResponse response -> head(response, current);
            case HttpContent content when interim -> endInterim(content, current);
            case HttpContent content -> body(content, current);
            default -> ReferenceCountUtil.release(message);
        }
    }

    private void head(HttpResponse response, ResponseHandler current) {
        if (response.decoderResult().isFailure()) {
            ReferenceCountUtil.release(response);
            fail(reasonOf(response.decoderResult().cause()));
            return;
        }
        ResponseHead received = new ResponseHead(response.status().code(), response.headers());
        if (received.informational()) {
            interim = true;
            if (received.status() == 101) {
                switching = received;
            } else {
                current.responseInformational(received);
            }
            return;
        }
        String coding = received.headers().get(HttpHeaderNames.TRANSFER_ENCODING);
        if (coding != null && !HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(coding)) {
            fail(ResetReason.PROTOCOL_ERROR);
            return;
        }
        keepAlive = HttpUtil.isKeepAlive(response);
        if (head || received.bodyless() || HttpUtil.getContentLength(response, -1L) == 0) {
            complete = received;
        } else {
            keepAlive &= coding != null || received.headers().contains(HttpHeaderNames.CONTENT_LENGTH);
            current.responseHead(received, false);
        }
    }

    private void endInterim(HttpContent content, ResponseHandler current) {
        content.release();
        interim = false;
        ResponseHead switched = switching;
        if (switched != null) {
            handler = null;
            responseEnded = true;
            home.closed(this);
            current.responseUpgraded(switched, new BareConnection((DuplexChannel) channel, this::leave));
        }
    }

    private void body(HttpContent content, ResponseHandler current) {
        if (content.decoderResult().isFailure()) {
            content.release();
            fail(reasonOf(content.decoderResult().cause()));
            return;
        }
        ResponseHead whole = complete;
        if (!(content instanceof LastHttpContent last)) {
            current.responseData(content.content(), false);
        } else {
            responseEnded = true;
            if (whole != null) {
                content.release();
                current.responseHead(whole, true);
            } else if (last.trailingHeaders().isEmpty()) {
                current.responseData(content.content(), true);
            } else {
                current.responseData(content.content(), false);
                current.responseTrailers(last.trailingHeaders());
            }
            freeIfDone();
        }
    }

    private static ResetReason reasonOf(Throwable cause) {
        return cause instanceof PrematureChannelClosureException
                ? ResetReason.CONNECTION_TERMINATION
                : ResetReason.PROTOCOL_ERROR;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        ResponseHandler current = handler;
        if (current != null) {
            current.responseReadComplete();
        }
    }

    private void freeIfDone() {
        if (!requestEnded || !responseEnded || switching != null) {
            return;
        }
        handler = null;
        reused = true;
        if (keepAlive && channel.isActive()) {
            setReading(true);
            home.free(this);
        } else {
            channel.close();
        }
    }

    private void leave() {
        channel.pipeline().remove(this);
        channel.pipeline().remove(decoder);
    }

    // ---- the connection

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        ResponseHandler current = handler;
        if (current != null) {
            current.upstreamWritabilityChanged();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            fail(ResetReason.CONNECTION_TERMINATION);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        fail(ResetReason.CONNECTION_TERMINATION);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        fail(ResetReason.CONNECTION_TERMINATION);
    }

    private void fail(ResetReason reason) {
        ResponseHandler current = handler;
        handler = null;
        home.closed(this);
        channel.close();
        if (current != null && !responseEnded) {
            current.responseReset(reason);
        }
    }

    @Override
    public boolean reused() {
        return reused;
    }

    @Override
    public Channel channel() {
        return channel;
    }
}
