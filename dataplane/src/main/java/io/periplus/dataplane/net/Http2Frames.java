package io.periplus.dataplane.net;

import io.netty.buffer.ByteBuf;

/**
 * Counts through the frames of one direction of an HTTP/2 connection (RFC 9113, 4.1), to know where one of ours could stand:
 * nine bytes of each are looked at, the first three of which say how many follow.
 */
final class Http2Frames {
    private static final int HEADER = 9;
    private static final int LENGTH = 3;

    private int headerSeen;
    private int length;
    private int payloadLeft;
    private boolean any;

    /** These bytes have passed. */
    void pass(ByteBuf bytes) {
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        while (at < end) {
            if (payloadLeft > 0) {
                int step = Math.min(payloadLeft, end - at);
                payloadLeft -= step;
                at += step;
            } else {
                if (headerSeen < LENGTH) {
                    length = length << Byte.SIZE | bytes.getUnsignedByte(at);
                }
                at++;
                if (++headerSeen == HEADER) {
                    payloadLeft = length;
                    headerSeen = 0;
                    length = 0;
                    any = true;
                }
            }
        }
    }

    /** Whether the last frame is whole; a connection begins with a frame of its own, before which none may stand. */
    boolean isBetween() {
        return any && payloadLeft == 0 && headerSeen == 0;
    }
}
