package io.periplus.waypoint.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.periplus.dataplane.http.Http2Credit;
import io.periplus.dataplane.http.Http2Heads;
import io.periplus.dataplane.http.Http2StreamHandler;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.dataplane.http.ResponseHead;
import io.periplus.waypoint.exchange.ResetReason;
import io.periplus.waypoint.exchange.ResponseHandler;
import io.periplus.waypoint.exchange.UpstreamStream;
import org.jspecify.annotations.Nullable;

/** One stream of an HTTP/2 connection to an endpoint: a place for one request, then that request. */
final class Http2UpstreamStream implements UpstreamSlot, UpstreamStream, Http2StreamHandler {
    private final Http2UpstreamConnection connection;
    private final boolean reused;
    private final Http2Credit credit = new Http2Credit();
    private @Nullable Http2Stream stream;
    private @Nullable ResponseHandler handler;
    private boolean headReceived;
    private boolean requestEnded;
    private boolean responseEnded;

    Http2UpstreamStream(Http2UpstreamConnection connection, boolean reused) {
        this.connection = connection;
        this.reused = reused;
    }

    // ---- the request

    @Override
    public UpstreamStream start(RequestHead head, boolean end, ResponseHandler handler) {
        this.handler = handler;
        requestEnded = end;
        int id = connection.nextStreamId();
        ChannelFuture written = connection.writeHeaders(id, Http2Heads.request(head), end);
        stream = connection.started(id, this);
        if (stream == null) {
            // The connection is about to end: the endpoint has not heard of this request.
            written.addListener(done -> connection.eventLoop().execute(() -> fail(ResetReason.REMOTE_REFUSED_STREAM)));
        }
        return this;
    }

    @Override
    public void data(ByteBuf data, boolean end) {
        Http2Stream open = stream;
        if (open == null || !data.isReadable() && !end) {
            data.release();
            return;
        }
        requestEnded |= end;
        connection.writeData(open, data, end);
    }

    @Override
    public void trailers(HttpHeaders trailers) {
        Http2Stream open = stream;
        if (trailers.isEmpty() || open == null) {
            data(Unpooled.EMPTY_BUFFER, true);
            return;
        }
        requestEnded = true;
        connection.writeHeaders(open.id(), Http2Heads.trailers(trailers), true);
    }

    @Override
    public void flush() {
        connection.flushAfterRound();
    }

    @Override
    public boolean isWritable() {
        Http2Stream open = stream;
        return open != null && connection.isWritable(open);
    }

    @Override
    public void setReading(boolean reading) {
        Http2Stream open = stream;
        int bytes = credit.setReading(reading);
        if (open != null) {
            connection.consumed(open, bytes);
        }
    }

    @Override
    public void cancel() {
        handler = null;
        Http2Stream open = stream;
        if (open != null && !(requestEnded && responseEnded)) {
            connection.reset(open, responseEnded ? Http2Error.NO_ERROR : Http2Error.CANCEL);
        }
        setReading(true);
    }

    @Override
    public void discard() {
        connection.discarded();
    }

    // ---- the response

    @Override
    public void received(Http2Headers fields, boolean last) {
        ResponseHandler current = handler;
        if (current == null) {
            return;
        }
        try {
            if (headReceived) {
                HttpHeaders trailers = Http2Heads.fields(fields);
                responseEnded = true;
                current.responseTrailers(trailers);
                return;
            }
            ResponseHead head = Http2Heads.response(fields);
            if (head.informational()) {
                current.responseInformational(head);
                return;
            }
            headReceived = true;
            responseEnded = last;
            current.responseHead(head, last);
        } catch (IllegalArgumentException malformed) {
            fail(ResetReason.PROTOCOL_ERROR);
            Http2Stream open = stream;
            if (open != null) {
                connection.reset(open, Http2Error.PROTOCOL_ERROR);
            }
        }
    }

    @Override
    public int received(ByteBuf data, boolean last) {
        ResponseHandler current = handler;
        int bytes = data.readableBytes();
        if (current == null) {
            return bytes;
        }
        responseEnded |= last;
        current.responseData(data.retain(), last);
        return credit.of(bytes);
    }

    @Override
    public void readRoundEnded() {
        ResponseHandler current = handler;
        if (current != null) {
            current.responseReadComplete();
        }
    }

    // ---- the stream

    @Override
    public void writabilityChanged() {
        ResponseHandler current = handler;
        if (current != null) {
            current.upstreamWritabilityChanged();
        }
    }

    @Override
    public void reset(long errorCode) {
        boolean refused = errorCode == Http2Error.REFUSED_STREAM.code();
        fail(refused ? ResetReason.REMOTE_REFUSED_STREAM : ResetReason.REMOTE_RESET);
    }

    @Override
    public void broken() {
        fail(ResetReason.PROTOCOL_ERROR);
    }

    @Override
    public void closed() {
        Http2Stream open = stream;
        boolean ignored = open != null && connection.wasIgnored(open);
        fail(ignored ? ResetReason.REMOTE_REFUSED_STREAM : ResetReason.CONNECTION_TERMINATION);
        connection.streamEnded();
    }

    /** What the endpoint had no credit for, it gets as the codec closes the stream. */
    private void fail(ResetReason reason) {
        ResponseHandler current = handler;
        handler = null;
        if (current != null && !responseEnded) {
            current.responseReset(reason);
        }
        credit.setReading(true);
    }

    @Override
    public boolean reused() {
        return reused;
    }

    @Override
    public Channel channel() {
        return connection.channel();
    }
}
