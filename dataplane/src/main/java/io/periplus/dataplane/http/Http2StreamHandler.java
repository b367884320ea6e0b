package io.periplus.dataplane.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;

/** What happens on one stream of an {@link Http2Session}, told on its event loop. */
public interface Http2StreamHandler {
    /** The peer's head, interim or final, or its trailers. */
    void received(Http2Headers fields, boolean last);

    /**
     * A piece of the peer's body.
     *
     * @param data stays the caller's
     * @return how many of its bytes the peer gets credit for at once
     */
    int received(ByteBuf data, boolean last);

    /** The frames of one round of reading were handed over. */
    void readRoundEnded();

    /** More can be written, or no more. */
    void writabilityChanged();

    /** The peer reset the stream. */
    void reset(long errorCode);

    /** The peer broke the rules; this side resets the stream, or ends the connection. */
    void broken();

    /** The stream has ended, in whatever way. */
    void closed();
}
