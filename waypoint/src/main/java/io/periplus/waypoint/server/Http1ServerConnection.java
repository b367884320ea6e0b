package io.periplus.waypoint.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.periplus.dataplane.http.Http1Request;
import io.periplus.dataplane.http.Http1RequestReader;
import io.periplus.dataplane.http.HttpFields;
import io.periplus.dataplane.http.RequestChecks;
import io.periplus.dataplane.http.RequestError;
import io.periplus.dataplane.http.RequestException;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.waypoint.exchange.Drain;
import io.periplus.waypoint.exchange.Exchanges;
import io.periplus.waypoint.exchange.HttpSettings;
import io.periplus.waypoint.exchange.IdleCheck;
import io.periplus.waypoint.exchange.RequestHandler;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.x connection of a client, one exchange after the other (RFC 9112 §9.3).
 *
 * <pre>
 * IDLE --head--> OPEN --both messages ended--> IDLE (keep-alive) or CLOSING
 *                OPEN --response ended first--> DISCARDING the request's body --> IDLE or CLOSING
 *                OPEN --101--> OPEN, with bytes of another protocol in both bodies --> CLOSING
 * </pre>
 *
 * Requests that arrive early (pipelining) stay bytes while reading is off; they are at most what one round of reading brought.
 */
public final class Http1ServerConnection extends ChannelInboundHandlerAdapter {
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
    private final HttpSettings settings;
    private final Http1RequestReader reader = new Http1RequestReader();
    private final Http1ClientStream client;
    private final RequestEvents events = new RequestEvents(this::gone);
    private final HeadTimer headTimer;
    private final Runnable onDrain = this::drainStarted;
    private State state = State.IDLE;
    private Channel channel;
    private boolean requestEnded;
    private boolean upgrading;
    private boolean switched;
    private boolean bodyWanted;
    private boolean advancing;
    private int discarded;
    private long requests;

    @SuppressWarnings("NullAway.Init")
    private Http1ServerConnection(Exchanges exchanges, Drain drain) {
        this.exchanges = exchanges;
        this.drain = drain;
        this.settings = exchanges.settings();
        client = new Http1ClientStream(this, settings.http1Trailers());
        headTimer = new HeadTimer(settings.headTimeout(), this::headTimedOut);
    }

    /** Makes the channel an HTTP/1.x server connection. */
    public static void install(Channel channel, Exchanges exchanges, Drain drain) {
        Http1ServerConnection connection = new Http1ServerConnection(exchanges, drain);
        channel.pipeline().addLast(connection, connection.events);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        channel = context.channel();
        client.attach(context);
        drain.add(onDrain);
        IdleCheck.watch(channel, settings.idleTimeout(), () -> state == State.IDLE ? requests : IdleCheck.BUSY);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        drain.remove(onDrain);
        headTimer.stop();
        reader.release();
    }

    // ---- the request

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (state == State.CLOSING) {
            bytes.release();
            return;
        }
        reader.add(context.alloc(), bytes);
        advance();
    }

    /** Reads as far as the bytes and the state allow. */
    private void advance() {
        if (advancing) {
            return;
        }
        advancing = true;
        try {
            while (step()) {
                // One head or one piece of a body each time.
            }
        } finally {
            advancing = false;
        }
        updateReading();
    }

    private boolean step() {
        return switch (state) {
            case IDLE -> head();
            case OPEN, DISCARDING -> !requestEnded && !upgrading && body();
            case CLOSING -> false;
        };
    }

    private boolean head() {
        Http1Request request;
        try {
            request = reader.head();
        } catch (RequestException broken) {
            refuseUnread(broken.error());
            return false;
        }
        if (request == null) {
            if (reader.inHead()) {
                headTimer.begun(channel.eventLoop());
            }
            return false;
        }
        headTimer.stop();
        begin(request);
        return true;
    }

    private void begin(Http1Request request) {
        RequestHead head = request.head();
        state = State.OPEN;
        requests++;
        requestEnded = !request.hasBody();
        bodyWanted = true;
        discarded = 0;
        client.begin(request);
        try {
            if (request.http10() && !settings.http10()) {
                throw new RequestException(RequestError.LOW_VERSION);
            }
            upgrading = Upgrades.isAsked(request);
            RequestChecks.common(head, settings.paths());
            RequestHandler handler = exchanges.begin(client, head, request.hasBody(), upgrading);
            if (!client.ended()) {
                events.begin(handler);
            }
        } catch (RequestException refused) {
            upgrading = false;
            client.closeAfter();
            exchanges.refuse(client, refused.error(), head);
        }
    }

    /** Answers what is no request; nothing that follows it can be understood. */
    private void refuseUnread(RequestError error) {
        headTimer.stop();
        state = State.OPEN;
        requestEnded = true;
        client.beginUnread();
        exchanges.refuse(client, error, null);
    }

    private void headTimedOut() {
        if (state == State.IDLE) {
            refuseUnread(RequestError.HEAD_TIMEOUT);
        }
    }

    private boolean body() {
        ByteBuf piece;
        try {
            piece = reader.body();
        } catch (RequestException broken) {
            malformed();
            return false;
        }
        if (piece == null && !reader.bodyEnded()) {
            return false;
        }
        requestEnded = reader.bodyEnded();
        RequestHandler request = events.request();
        if (request != null) {
            client.contentCame();
            pass(request, piece == null ? Unpooled.EMPTY_BUFFER : piece);
        } else {
            discard(piece);
        }
        return true;
    }

    private void pass(RequestHandler request, ByteBuf piece) {
        HttpFields trailers = reader.trailers();
        if (!requestEnded || trailers.isEmpty() || !settings.http1Trailers()) {
            request.requestData(piece, requestEnded);
            return;
        }
        request.requestData(piece, false);
        request.requestTrailers(trailers);
    }

    private void discard(@Nullable ByteBuf piece) {
        if (piece != null) {
            discarded += piece.readableBytes();
            piece.release();
        }
        if (requestEnded) {
            next();
        } else if (discarded > DISCARDED_BYTES_MAX) {
            close();
        }
    }

    private void malformed() {
        RequestHandler request = events.request();
        client.closeAfter();
        requestEnded = true;
        if (request != null) {
            request.requestMalformed();
        } else {
            close();
        }
    }

    void setReading(boolean reading) {
        bodyWanted = reading;
        updateReading();
    }

    private void updateReading() {
        boolean wanted = switch (state) {
            case IDLE, DISCARDING, CLOSING -> true;
            // Changing it costs a system call: between requests it stays on until something comes too early.
            case OPEN -> !upgrading && (requestEnded ? !reader.inHead() : bodyWanted);
        };
        if (channel.config().isAutoRead() != wanted) {
            channel.config().setAutoRead(wanted);
        }
    }

    // ---- the response

    boolean isDraining() {
        return drain.started();
    }

    boolean requestEnded() {
        return requestEnded;
    }

    void responseEnded() {
        events.end();
        if (requestEnded || upgrading) {
            next();
        } else if (client.closesAfter()) {
            close();
        } else {
            state = State.DISCARDING;
        }
        advanceUnread();
    }

    /** Goes on with bytes that had come before they were wanted; no round of reading will end after them. */
    private void advanceUnread() {
        advance();
        RequestHandler request = events.request();
        if (request != null) {
            request.requestReadComplete();
        }
    }

    private void next() {
        upgrading = false;
        if (client.closesAfter()) {
            close();
        } else {
            state = State.IDLE;
        }
    }

    /** The answer was 101: what follows in both directions is not HTTP. */
    void switchToBytes() {
        upgrading = false;
        switched = true;
        requestEnded = false;
        reader.switchToBytes();
        channel.eventLoop().execute(this::advanceUnread);
    }

    void abort() {
        events.end();
        state = State.CLOSING;
        channel.flush();
        channel.close();
    }

    private void close() {
        state = State.CLOSING;
        events.end();
        reader.release();
        GracefulClose.close(channel);
    }

    // ---- the connection

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        RequestHandler request = events.request();
        if (event == ChannelInputShutdownEvent.INSTANCE && switched && request != null) {
            requestEnded = true;
            request.requestData(Unpooled.EMPTY_BUFFER, true);
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    private void gone() {
        state = State.CLOSING;
        headTimer.stop();
    }

    private void drainStarted() {
        channel.eventLoop().execute(() -> {
            if (drain.noticeOver() && state == State.IDLE) {
                close();
            }
        });
    }
}
