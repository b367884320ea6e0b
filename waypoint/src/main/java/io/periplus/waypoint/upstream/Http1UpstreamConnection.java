package io.periplus.waypoint.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.periplus.dataplane.http.HopByHop;
import io.periplus.dataplane.http.Http1ResponseReader;
import io.periplus.dataplane.http.Http1Writer;
import io.periplus.dataplane.http.RequestException;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.dataplane.http.ResponseHead;
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
 *                 BUSY --101--> BUSY, with bytes of another protocol in both bodies --> closed
 * </pre>
 */
final class Http1UpstreamConnection extends ChannelInboundHandlerAdapter implements UpstreamSlot, UpstreamStream {
    private static final int SWITCHING_PROTOCOLS = 101;

    private final Channel channel;
    private final Http1Connections home;
    private final Http1ResponseReader reader = new Http1ResponseReader();
    private @Nullable ResponseHandler handler;
    private boolean headReceived;
    private boolean requestEnded = true;
    private boolean responseEnded = true;
    private boolean chunked;
    private boolean switched;
    private boolean reused;

    private final ConnectionAge age;

    Http1UpstreamConnection(Channel channel, Http1Connections home, PoolSettings settings) {
        this.channel = channel;
        this.home = home;
        this.age = new ConnectionAge(settings);
        channel.pipeline().addLast(this);
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
        headReceived = false;
        chunked = false;
        reader.expectAnswerTo(request.method());
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
        if (switched) {
            ((DuplexChannel) channel).shutdownOutput();
        }
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
        ByteBuf bytes = (ByteBuf) message;
        if (handler == null || responseEnded) {
            // What nobody asked for, or no longer wants: the connection cannot be used again.
            bytes.release();
            context.close();
            return;
        }
        reader.add(context.alloc(), bytes);
        try {
            while (step()) {
                // One head or one piece of the body each time.
            }
        } catch (RequestException malformed) {
            fail(ResetReason.PROTOCOL_ERROR);
        }
    }

    private boolean step() {
        ResponseHandler current = handler;
        if (current == null || responseEnded) {
            return false;
        }
        return headReceived ? body(current) : head(current);
    }

    private boolean head(ResponseHandler current) {
        ResponseHead received = reader.head();
        if (received == null) {
            return false;
        }
        if (received.status() == SWITCHING_PROTOCOLS) {
            headReceived = true;
            switched = true;
            requestEnded = false;
            reader.switchToBytes();
            current.responseUpgraded(received);
        } else if (received.informational()) {
            HopByHop.remove(received.headers());
            current.responseInformational(received);
        } else {
            headReceived = true;
            responseEnded = reader.bodyEnded();
            current.responseHead(received, responseEnded);
            freeIfDone();
        }
        return true;
    }

    private boolean body(ResponseHandler current) {
        ByteBuf piece = reader.body();
        if (piece == null && !reader.bodyEnded()) {
            return false;
        }
        ByteBuf data = piece == null ? Unpooled.EMPTY_BUFFER : piece;
        responseEnded = reader.bodyEnded();
        if (responseEnded && !reader.trailers().isEmpty()) {
            current.responseData(data, false);
            current.responseTrailers(reader.trailers());
        } else {
            current.responseData(data, responseEnded);
        }
        freeIfDone();
        return true;
    }

    /** The endpoint sends no more: the end of a body that has no other, or of a message that is incomplete. */
    private void inputEnded() {
        ResponseHandler current = handler;
        if (current == null || responseEnded || !headReceived || !reader.endsWithConnection()) {
            fail(ResetReason.CONNECTION_TERMINATION);
            return;
        }
        responseEnded = true;
        current.responseData(Unpooled.EMPTY_BUFFER, true);
        freeIfDone();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        ResponseHandler current = handler;
        if (current != null) {
            current.responseReadComplete();
        }
    }

    private void freeIfDone() {
        if (!requestEnded || !responseEnded) {
            return;
        }
        handler = null;
        reused = true;
        if (!switched && reader.keepAlive() && reader.isEmpty() && channel.isActive()) {
            setReading(true);
            home.free(this);
        } else {
            channel.close();
        }
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
            inputEnded();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        inputEnded();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        reader.release();
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
