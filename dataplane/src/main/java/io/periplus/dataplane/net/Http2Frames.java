package io.periplus.dataplane.net;

import io.netty.buffer.ByteBuf;

/**
 * Counts through the frames of one direction of an HTTP/2 connection (RFC 9113, 4.1), to know where one of ours could stand:
 * nine bytes of each are looked at, the first three of which say how many follow, the next two whether more of a header block
 * has to follow before any other frame (6.10).
 */
final class Http2Frames {
    private static final int HEADER = 9;
    private static final int LENGTH = 3;
    private static final int TYPE = 3;
    private static final int FLAGS = 4;
    private static final int HEADERS = 1;
    private static final int PUSH_PROMISE = 5;
    private static final int CONTINUATION = 9;
    private static final int END_HEADERS = 4;

    private int headerSeen;
    private int length;
    private int type;
    private int payloadLeft;
    private boolean inHeaderBlock;
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
                int value = bytes.getUnsignedByte(at);
                if (headerSeen < LENGTH) {
                    length = length << Byte.SIZE | value;
                } else if (headerSeen == TYPE) {
                    type = value;
                } else if (headerSeen == FLAGS && (type == HEADERS || type == PUSH_PROMISE || type == CONTINUATION)) {
                    inHeaderBlock = (value & END_HEADERS) == 0;
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

    /** Whether the last frame is whole, and its header block, too; a connection begins with a frame of its own, before which none may stand. */
    boolean isBetween() {
        return any && payloadLeft == 0 && headerSeen == 0 && !inHeaderBlock;
    }
}
