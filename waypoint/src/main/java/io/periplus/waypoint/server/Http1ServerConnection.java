package io.periplus.waypoint.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.periplus.dataplane.http.Http1RequestDecoder;
import io.periplus.dataplane.http.Http1Writer;
import io.periplus.dataplane.http.RequestChecks;
import io.periplus.dataplane.http.RequestError;
import io.periplus.dataplane.http.RequestException;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.dataplane.http.ResponseHead;
import io.periplus.waypoint.exchange.BareConnection;
import io.periplus.waypoint.exchange.ClientStream;
import io.periplus.waypoint.exchange.Drain;
import io.periplus.waypoint.exchange.Exchanges;
import io.periplus.waypoint.exchange.HttpProtocol;
import io.periplus.waypoint.exchange.IdleCheck;
import io.periplus.waypoint.exchange.RequestHandler;
import java.util.ArrayDeque;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection of a client, one exchange after the other (RFC 9112 §9.3).
 *
 * <pre>
 * IDLE --head--> OPEN --both messages ended--> IDLE (keep-alive) or CLOSING
 *                OPEN --response ended first--> DISCARDING the request's body --> IDLE or CLOSING
 *                OPEN --101--> this handler and the decoder leave the pipeline
 * </pre>
 *
 * Requests that arrive early (pipelining) wait in a queue while reading is off; it holds at most what one read brought.
 */
public final class Http1ServerConnection extends ChannelInboundHandlerAdapter implements ClientStream {
    /** How much of a body that nobody wants is read to keep the connection: cheaper than a new one up to here. */
    private static final int DISCARDED_BYTES_MAX = 256 * 1024;

    private enum State {
        IDLE,
        OPEN,
        DISCARDING,
        CLOSING
    }

    private final Exchanges exchanges;
    private final Drain drain;
    private final Http1RequestDecoder decoder;
    private final ArrayDeque<HttpObject> arrived = new ArrayDeque<>(4);
    private final Runnable onDrain = this::drainStarted;
    private State state = State.IDLE;
    private ChannelHandlerContext context;
    private @Nullable RequestHandler request;
    private boolean requestEnded;
    private boolean responseEnded;
    private boolean headRequest;
    private boolean chunked;
    private boolean closeAfter;
    private boolean upgrading;
    private boolean awaitsContinue;
    private boolean bodyWanted;
    private boolean taking;
    private int discarded;
    private long requests;

    @SuppressWarnings("NullAway.Init")
    private Http1ServerConnection(Exchanges exchanges, Drain drain, Http1RequestDecoder decoder) {
        this.exchanges = exchanges;
        this.drain = drain;
        this.decoder = decoder;
    }

    /** Makes the channel an HTTP/1.1 server connection. */
    public static void install(Channel channel, Exchanges exchanges, Drain drain) {
        Http1RequestDecoder decoder = new Http1RequestDecoder();
        channel.pipeline().addLast(decoder, new Http1ServerConnection(exchanges, drain, decoder));
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        this.context = context;
        drain.add(onDrain);
        IdleCheck.watch(context.channel(), () -> state == State.IDLE ? requests : IdleCheck.BUSY);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        drain.remove(onDrain);
        HttpObject left;
        while ((left = arrived.poll()) != null) {
            ReferenceCountUtil.release(left);
        }
    }

    // ---- the request

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (state == State.CLOSING) {
            ReferenceCountUtil.release(message);
            return;
        }
        arrived.add((HttpObject) message);
        takeArrived();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        RequestHandler current = request;
        if (current != null) {
            current.requestReadComplete();
        }
        context.flush();
    }

    private void takeArrived() {
        if (taking) {
            return;
        }
        taking = true;
        try {
            while (!(state == State.OPEN && requestEnded)) {
                HttpObject next = arrived.poll();
                if (next == null) {
                    break;
                }
                take(next);
            }
        } finally {
            taking = false;
        }
        updateReading();
    }

    private void take(HttpObject message) {
        if (state == State.CLOSING) {
            ReferenceCountUtil.release(message);
        } else if (message instanceof HttpRequest head) {
            begin(head);
        } else if (message instanceof HttpContent content) {
            body(content);
        }
    }

    private void begin(HttpRequest message) {
        state = State.OPEN;
        requests++;
        requestEnded = false;
        responseEnded = false;
        chunked = false;
        upgrading = false;
        bodyWanted = true;
        discarded = 0;
        request = null;
        headRequest = message.method().name().equals("HEAD");
        closeAfter = !HttpUtil.isKeepAlive(message);
        awaitsContinue = HttpUtil.is100ContinueExpected(message);
        RequestHead head = null;
        try {
            head = RequestChecks.http1(message);
            boolean hasBody = HttpUtil.isTransferEncodingChunked(message) || HttpUtil.getContentLength(message, 0L) > 0;
            upgrading = checkUpgrade(head.headers(), hasBody);
            RequestChecks.common(head);
            if (upgrading) {
                decoder.hold();
            }
            RequestHandler handler = exchanges.begin(this, head, hasBody, upgrading);
            if (state == State.OPEN && !responseEnded) {
                request = handler;
            }
        } catch (RequestException refused) {
            upgrading = false;
            closeAfter = true;
            ReferenceCountUtil.release(message);
            exchanges.refuse(this, refused.error(), head);
        }
    }

    /** Whether WebSocket is asked for; the way to HTTP/2 that RFC 9113 §3.1 gave up is ignored. */
    private static boolean checkUpgrade(HttpHeaders headers, boolean hasBody) {
        String protocol = headers.get(HttpHeaderNames.UPGRADE);
        if (protocol == null
                || !headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
                || protocol.toLowerCase(Locale.ROOT).startsWith("h2c")) {
            return false;
        }
        if (hasBody || !HttpHeaderValues.WEBSOCKET.contentEqualsIgnoreCase(protocol)) {
            throw new RequestException(RequestError.UPGRADE_REFUSED);
        }
        return true;
    }

    private void body(HttpContent content) {
        boolean last = content instanceof LastHttpContent;
        RequestHandler current = request;
        if (content.decoderResult().isFailure()) {
            content.release();
            closeAfter = true;
            if (current != null) {
                current.requestMalformed();
            } else {
                close();
            }
            return;
        }
        requestEnded |= last;
        if (current != null && !upgrading) {
            awaitsContinue = false;
            if (last && !((LastHttpContent) content).trailingHeaders().isEmpty()) {
                if (content.content().isReadable()) {
                    current.requestData(content.content().retain(), false);
                }
                current.requestTrailers(((LastHttpContent) content).trailingHeaders());
                content.release();
            } else {
                current.requestData(content.content(), last);
            }
            return;
        }
        discarded += content.content().readableBytes();
        content.release();
        if (state == State.DISCARDING) {
            if (requestEnded) {
                next();
            } else if (discarded > DISCARDED_BYTES_MAX) {
                close();
            }
        }
    }

    @Override
    public void setReading(boolean reading) {
        bodyWanted = reading;
        updateReading();
    }

    private void updateReading() {
        boolean wanted = switch (state) {
            case IDLE, DISCARDING, CLOSING -> true;
            case OPEN -> !upgrading && arrived.isEmpty() && (requestEnded || bodyWanted);
        };
        if (context.channel().config().isAutoRead() != wanted) {
            context.channel().config().setAutoRead(wanted);
        }
    }

    // ---- the response

    @Override
    public void informational(ResponseHead head) {
        awaitsContinue &= head.status() != 100;
        context.write(Http1Writer.response(context.alloc(), head));
    }

    @Override
    public void head(ResponseHead head, boolean end) {
        HttpHeaders headers = head.headers();
        boolean content = !headRequest && !head.bodyless();
        if (content && !headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            if (end) {
                headers.set(HttpHeaderNames.CONTENT_LENGTH, HttpHeaderValues.ZERO);
            } else {
                headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
                chunked = true;
            }
        }
        closeAfter |= drain.started() || awaitsContinue && !requestEnded;
        if (closeAfter) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        context.write(Http1Writer.response(context.alloc(), head));
        if (end) {
            endResponse();
        }
    }

    @Override
    public void data(ByteBuf data, boolean end) {
        if (!data.isReadable() || headRequest) {
            data.release();
        } else if (chunked) {
            context.write(Http1Writer.chunkStart(context.alloc(), data.readableBytes()));
            context.write(data);
            context.write(Http1Writer.chunkEnd());
        } else {
            context.write(data);
        }
        if (end) {
            if (chunked) {
                context.write(Http1Writer.lastChunk());
            }
            endResponse();
        }
    }

    @Override
    public void trailers(HttpHeaders trailers) {
        if (chunked) {
            context.write(Http1Writer.lastChunk(context.alloc(), trailers));
        }
        endResponse();
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
        request = null;
        state = State.CLOSING;
        context.flush();
        context.close();
    }

    private void endResponse() {
        responseEnded = true;
        request = null;
        if (requestEnded) {
            next();
        } else if (closeAfter) {
            close();
        } else {
            state = State.DISCARDING;
        }
        takeArrived();
    }

    private void next() {
        if (closeAfter) {
            close();
            return;
        }
        state = State.IDLE;
        if (upgrading) {
            upgrading = false;
            decoder.resume();
        }
    }

    private void close() {
        state = State.CLOSING;
        request = null;
        GracefulClose.close(context.channel());
    }

    @Override
    public BareConnection switchProtocols(ResponseHead head) {
        request = null;
        context.writeAndFlush(Http1Writer.response(context.alloc(), head));
        ChannelPipeline pipeline = context.pipeline();
        return new BareConnection((DuplexChannel) context.channel(), () -> {
            pipeline.remove(this);
            pipeline.remove(decoder);
        });
    }

    @Override
    public HttpProtocol protocol() {
        return HttpProtocol.HTTP1;
    }

    @Override
    public EventLoop eventLoop() {
        return context.channel().eventLoop();
    }

    // ---- the connection

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        RequestHandler current = request;
        if (current != null) {
            current.clientWritabilityChanged();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            gone();
            context.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        gone();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        gone();
        context.close();
    }

    private void gone() {
        RequestHandler current = request;
        request = null;
        state = State.CLOSING;
        if (current != null) {
            current.clientGone();
        }
    }

    private void drainStarted() {
        eventLoop().execute(() -> {
            if (state == State.IDLE) {
                close();
            }
        });
    }
}
