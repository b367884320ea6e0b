package io.periplus.waypoint.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request on its way to an endpoint. What arrives before there is one waits here; what went to one is kept as
 * well, up to {@link #KEPT_BYTES_MAX}, so that another attempt can send it again. Pieces are kept by reference, not copied.
 */
final class RequestBody {
    /** Enough for the requests that APIs make; uploads are larger, and lost by a retry that could not repeat them. */
    static final int KEPT_BYTES_MAX = 64 * 1024;

    private final ArrayDeque<ByteBuf> kept = new ArrayDeque<>(0);
    private final boolean exists;
    private @Nullable HttpHeaders trailers;
    private @Nullable BodyStream to;
    private List<Shadows> copies = List.of();
    private int keptBytes;
    private boolean keeps;
    private boolean whole = true;
    private boolean sent;
    private boolean ended;

    /** @param exists whether the request has a body */
    RequestBody(boolean exists) {
        this.exists = exists;
        ended = !exists;
        keeps = exists;
    }

    /** Whether the request has one. */
    boolean exists() {
        return exists;
    }

    boolean ended() {
        return ended;
    }

    /** Whether everything that arrived can still be sent to an endpoint. */
    boolean isWhole() {
        return whole;
    }

    /** How much of what arrived is here. */
    int keptBytes() {
        return keptBytes;
    }

    /** A copy of what is here, up to so many bytes. */
    byte[] first(int bytes) {
        byte[] copy = new byte[Math.min(bytes, keptBytes)];
        int at = 0;
        for (ByteBuf piece : kept) {
            int length = Math.min(piece.readableBytes(), copy.length - at);
            piece.getBytes(piece.readerIndex(), copy, at, length);
            at += length;
        }
        return copy;
    }

    /** Mirrors get what arrives from now on as well. */
    void copyTo(Shadows mirrors) {
        List<Shadows> all = new ArrayList<>(copies);
        all.add(mirrors);
        copies = all;
    }

    /** Takes a piece; ownership passes to this body. */
    void add(ByteBuf data, boolean end) {
        ended |= end;
        for (int i = 0; i < copies.size(); i++) {
            copies.get(i).data(data, end);
        }
        BodyStream open = to;
        if (open == null) {
            keep(data);
            return;
        }
        sent = true;
        if (keeps && keptBytes + data.readableBytes() <= KEPT_BYTES_MAX) {
            open.data(data.retainedDuplicate(), end);
            keep(data);
        } else {
            forget();
            open.data(data, end);
        }
    }

    private void keep(ByteBuf data) {
        kept.add(data);
        keptBytes += data.readableBytes();
    }

    /** Ends with trailers. */
    void end(HttpHeaders fields) {
        ended = true;
        trailers = fields;
        copies.forEach(copy -> copy.trailers(fields));
        BodyStream open = to;
        if (open != null) {
            open.trailers(fields);
        }
    }

    /** Sends to an endpoint what has arrived, and what arrives from now on. */
    void sendTo(BodyStream endpoint) {
        to = endpoint;
        if (keptBytes > KEPT_BYTES_MAX) {
            keeps = false;
        }
        int left = kept.size();
        while (left-- > 0) {
            ByteBuf data = kept.removeFirst();
            boolean last = left == 0 && ended && trailers == null;
            sent = true;
            if (keeps) {
                kept.addLast(data);
                endpoint.data(data.retainedDuplicate(), last);
            } else {
                endpoint.data(data, last);
            }
        }
        if (!keeps && sent) {
            forget();
        }
        HttpHeaders fields = trailers;
        if (fields != null) {
            endpoint.trailers(fields);
        }
    }

    /** Sends what was written. */
    void flush() {
        BodyStream open = to;
        if (open != null) {
            open.flush();
        }
        for (int i = 0; i < copies.size(); i++) {
            copies.get(i).flush();
        }
    }

    /** The endpoint is gone; what arrives waits for another one. */
    void stopSending() {
        to = null;
    }

    /** The request has become a stream of bytes to the endpoint that took it. */
    void reopen() {
        ended = false;
        keeps = false;
    }

    /** No other endpoint will need what was sent. */
    void forget() {
        keeps = false;
        whole &= !sent;
        if (to != null) {
            release();
        }
    }

    /** Nothing more comes. */
    void close() {
        to = null;
        copies.forEach(Shadows::abandon);
        release();
    }

    private void release() {
        ByteBuf data;
        while ((data = kept.poll()) != null) {
            data.release();
        }
        keptBytes = 0;
    }
}
