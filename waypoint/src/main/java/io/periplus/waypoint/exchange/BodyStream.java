package io.periplus.waypoint.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;

/** The part of a message after its head, in either direction, with back-pressure. Used on its event loop only. */
public interface BodyStream {
    /**
     * Writes a piece of the body.
     *
     * @param data ownership passes to this stream
     * @param end whether the message ends with it
     */
    void data(ByteBuf data, boolean end);

    /** Ends the message with trailers. */
    void trailers(HttpHeaders trailers);

    /** Sends what was written. */
    void flush();

    /** Whether more should be written now; what is written regardless is kept in memory. */
    boolean isWritable();

    /** Whether this side's peer should be read from; what was read already may still come. */
    void setReading(boolean reading);
}
