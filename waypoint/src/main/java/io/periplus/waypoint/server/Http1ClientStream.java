package io.periplus.waypoint.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.periplus.dataplane.http.Http1Request;
import io.periplus.dataplane.http.Http1Writer;
import io.periplus.dataplane.http.ResponseHead;
import io.periplus.waypoint.exchange.ClientStream;
import io.periplus.waypoint.exchange.HttpProtocol;

/** Writes the answers of an HTTP/1.x connection, one after the other, and chooses how each is framed (RFC 9112 §6.3). */
final class Http1ClientStream implements ClientStream {
    private static final int CONTINUE = 100;
    private static final int NO_CONTENT = 204;

    private final Http1ServerConnection connection;
    private final boolean trailersPass;
    private boolean trailersWanted;
    private ChannelHandlerContext context;
    private boolean toHead;
    private boolean http10;
    private boolean awaitsContinue;
    private boolean chunked;
    private boolean closeAfter;
    private boolean ended = true;

    /** @param trailersPass whether trailers are written even to clients that did not say that they take them */
    @SuppressWarnings("NullAway.Init")
    Http1ClientStream(Http1ServerConnection connection, boolean trailersPass) {
        this.connection = connection;
        this.trailersPass = trailersPass;
    }

    void attach(ChannelHandlerContext to) {
        context = to;
    }

    /** The answer to a request that could not be read: it ends the connection. */
    void beginUnread() {
        trailersWanted = false;
        begin(false, false, false, false);
    }

    void begin(Http1Request request) {
        trailersWanted = trailersPass
                || request.head().headers().containsValue(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS, true);
        begin(request.head().method().equals("HEAD"), request.http10(), request.keepAlive(), request.expectsContinue());
    }

    private void begin(boolean answersHead, boolean old, boolean keepAlive, boolean expectsContinue) {
        toHead = answersHead;
        http10 = old;
        closeAfter = !keepAlive;
        awaitsContinue = expectsContinue;
        chunked = false;
        ended = false;
    }

    /** Whether the answer is complete. */
    boolean ended() {
        return ended;
    }

    /** The connection ends with this answer. */
    void closeAfter() {
        closeAfter = true;
    }

    boolean closesAfter() {
        return closeAfter;
    }

    /** The client sends content, so it waits no longer for leave to. */
    void contentCame() {
        awaitsContinue = false;
    }

    // ---- the answer

    @Override
    public void informational(ResponseHead head) {
        awaitsContinue &= head.status() != CONTINUE;
        if (!http10) {
            context.write(Http1Writer.response(context.alloc(), head));
        }
    }

    @Override
    public void head(ResponseHead head, boolean end) {
        HttpHeaders headers = head.headers();
        if (!toHead && !head.bodyless()) {
            frame(headers, end);
        } else if (head.status() == NO_CONTENT) {
            headers.remove(HttpHeaderNames.CONTENT_LENGTH);
        }
        closeAfter |= connection.isDraining() || awaitsContinue && !connection.requestEnded();
        if (closeAfter) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (http10) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
        context.write(Http1Writer.response(context.alloc(), head, http10));
        if (end) {
            end();
        }
    }

    private void frame(HttpHeaders headers, boolean end) {
        if (headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            return;
        }
        if (end) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, HttpHeaderValues.ZERO);
        } else if (http10) {
            closeAfter = true;
        } else {
            headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
            chunked = true;
        }
    }

    @Override
    public void data(ByteBuf data, boolean end) {
        if (!data.isReadable() || toHead) {
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
            end();
        }
    }

    @Override
    public void trailers(HttpHeaders trailers) {
        if (chunked) {
            context.write(
                    trailersWanted && !trailers.isEmpty()
                            ? Http1Writer.lastChunk(context.alloc(), trailers)
                            : Http1Writer.lastChunk());
        }
        end();
    }

    private void end() {
        ended = true;
        connection.responseEnded();
    }

    @Override
    public void switchProtocols(ResponseHead head) {
        closeAfter = true;
        context.write(Http1Writer.response(context.alloc(), head));
        connection.switchToBytes();
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
        ended = true;
        connection.abort();
    }

    @Override
    public void setReading(boolean reading) {
        connection.setReading(reading);
    }

    @Override
    public HttpProtocol protocol() {
        return HttpProtocol.HTTP1;
    }

    @Override
    public EventLoop eventLoop() {
        return context.channel().eventLoop();
    }
}
