package io.periplus.waypoint.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.periplus.dataplane.http.Http2Credit;
import io.periplus.dataplane.http.Http2Heads;
import io.periplus.dataplane.http.Http2Session;
import io.periplus.dataplane.http.Http2StreamHandler;
import io.periplus.dataplane.http.RequestChecks;
import io.periplus.dataplane.http.RequestError;
import io.periplus.dataplane.http.RequestException;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.dataplane.http.ResponseHead;
import io.periplus.waypoint.exchange.ClientStream;
import io.periplus.waypoint.exchange.Exchanges;
import io.periplus.waypoint.exchange.HttpProtocol;
import io.periplus.waypoint.exchange.RequestHandler;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One request on an HTTP/2 connection.
 *
 * <pre>
 * HEADERS --> open: DATA goes to the exchange, credit goes back while the exchange wants more
 *         --> refused: an answer at once; a malformed request is also reset (RFC 9113 §8.1.1)
 * extended CONNECT --> waiting: DATA is kept --200--> open, with bytes of another protocol (RFC 8441 §5)
 * </pre>
 */
final class Http2ServerStream implements ClientStream, Http2StreamHandler {
    private final Http2Session connection;
    private final Http2Stream stream;
    private final Exchanges exchanges;
    private final Http2Credit credit = new Http2Credit();
    private final ArrayDeque<ByteBuf> early = new ArrayDeque<>(0);
    private @Nullable RequestHandler request;
    private boolean upgrading;
    private boolean malformed;
    private boolean requestEnded;
    private boolean responseEnded;
    private boolean begun;

    Http2ServerStream(Http2Session connection, Http2Stream stream, Exchanges exchanges) {
        this.connection = connection;
        this.stream = stream;
        this.exchanges = exchanges;
    }

    // ---- the request

    @Override
    public void received(Http2Headers fields, boolean last) {
        requestEnded = last;
        if (begun) {
            trailers(fields);
        } else {
            begun = true;
            begin(fields);
        }
    }

    private void begin(Http2Headers fields) {
        RequestHead head = null;
        try {
            upgrading = ExtendedConnect.isAsked(fields);
            head = upgrading ? ExtendedConnect.request(fields) : Http2Heads.request(fields);
            RequestChecks.common(head, exchanges.settings().paths());
            RequestHandler handler = exchanges.begin(this, head, !requestEnded && !upgrading, upgrading);
            if (!responseEnded) {
                request = handler;
            }
        } catch (RequestException refused) {
            upgrading = false;
            malformed = refused.error() == RequestError.MISSING_PATH || refused.error() == RequestError.MALFORMED;
            exchanges.refuse(this, refused.error(), head);
        } catch (IllegalArgumentException unfit) {
            upgrading = false;
            malformed = true;
            exchanges.refuse(this, RequestError.MALFORMED, head);
        }
    }

    @Override
    public int received(ByteBuf data, boolean last) {
        int bytes = data.readableBytes();
        requestEnded |= last;
        if (upgrading) {
            early.add(data.retain());
            credit.hold(bytes);
            return 0;
        }
        RequestHandler current = request;
        if (current == null) {
            return bytes;
        }
        current.requestData(data.retain(), last);
        return credit.of(bytes);
    }

    private void trailers(Http2Headers fields) {
        RequestHandler current = request;
        if (current == null) {
            return;
        }
        try {
            current.requestTrailers(Http2Heads.fields(fields));
        } catch (IllegalArgumentException unfit) {
            current.requestMalformed();
        }
    }

    @Override
    public void readRoundEnded() {
        RequestHandler current = request;
        if (current != null) {
            current.requestReadComplete();
        }
    }

    @Override
    public void setReading(boolean wanted) {
        connection.consumed(stream, credit.setReading(wanted));
    }

    // ---- the response

    @Override
    public void informational(ResponseHead head) {
        connection.writeHeaders(stream.id(), Http2Heads.response(head), false);
    }

    @Override
    public void head(ResponseHead head, boolean end) {
        ChannelFuture written = connection.writeHeaders(stream.id(), Http2Heads.response(head), end && !malformed);
        if (end) {
            endResponse(written);
        }
    }

    @Override
    public void data(ByteBuf data, boolean end) {
        if (!data.isReadable() && !end) {
            data.release();
            return;
        }
        ChannelFuture written = connection.writeData(stream, data, end && !malformed);
        if (end) {
            endResponse(written);
        }
    }

    @Override
    public void trailers(HttpHeaders trailers) {
        if (trailers.isEmpty()) {
            data(Unpooled.EMPTY_BUFFER, true);
            return;
        }
        endResponse(connection.writeHeaders(stream.id(), Http2Heads.trailers(trailers), true));
    }

    /**
     * RFC 9113 §8.1: an answer that does not need the rest of the request ends the stream without an error, once all of the
     * answer has left; data may wait for the client's window.
     */
    private void endResponse(ChannelFuture written) {
        responseEnded = true;
        if (malformed || !requestEnded) {
            written.addListener(done -> {
                if (malformed || !requestEnded) {
                    connection.reset(stream, malformed ? Http2Error.PROTOCOL_ERROR : Http2Error.NO_ERROR);
                }
            });
        }
        drop();
        setReading(true);
    }

    private void drop() {
        request = null;
        upgrading = false;
        ByteBuf piece;
        while ((piece = early.poll()) != null) {
            piece.release();
        }
    }

    @Override
    public void flush() {
        connection.flushAfterRound();
    }

    @Override
    public boolean isWritable() {
        return connection.isWritable(stream);
    }

    @Override
    public void abort() {
        responseEnded = true;
        connection.reset(stream, Http2Error.INTERNAL_ERROR);
        drop();
    }

    @Override
    public void switchProtocols(ResponseHead head) {
        connection.writeHeaders(stream.id(), ExtendedConnect.response(head), false);
        eventLoop().execute(this::passEarly);
    }

    /** What came before the answer is the other protocol's first words. */
    private void passEarly() {
        upgrading = false;
        RequestHandler current = request;
        if (current == null) {
            return;
        }
        ByteBuf piece;
        while ((piece = early.poll()) != null) {
            current.requestData(piece, false);
        }
        if (requestEnded) {
            current.requestData(Unpooled.EMPTY_BUFFER, true);
        }
        current.requestReadComplete();
    }

    @Override
    public HttpProtocol protocol() {
        return HttpProtocol.HTTP2;
    }

    @Override
    public EventLoop eventLoop() {
        return connection.eventLoop();
    }

    // ---- the stream

    @Override
    public void writabilityChanged() {
        RequestHandler current = request;
        if (current != null) {
            current.clientWritabilityChanged();
        }
    }

    @Override
    public void reset(long errorCode) {
        gone();
    }

    @Override
    public void broken() {
        gone();
    }

    @Override
    public void closed() {
        gone();
    }

    /** Nothing can be written any more. What the client had no credit for, it gets as the codec closes the stream. */
    private void gone() {
        RequestHandler current = request;
        responseEnded = true;
        credit.setReading(true);
        drop();
        if (current != null) {
            current.clientGone();
        }
    }
}
