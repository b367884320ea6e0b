package io.periplus.dataplane.http;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Finds the end of a head, or of a trailer section, in bytes that come piece by piece; every byte is looked at once. What is
 * found is copied into one array, of which the names and values of the fields are windows.
 */
final class HeadBytes {
    private static final byte LF = '\n';
    private static final byte CR = '\r';

    /** How far from the reader's place the search got: just after a line feed. */
    private int lineStart;

    /** Where the search goes on in a line that is not complete. */
    private int scanned;

    /**
     * Takes the section at the front of the buffer, up to and with the empty line that ends it.
     *
     * @return null if its end has not come yet; nothing was taken then
     * @throws RequestException if it is longer than {@link HttpLimits#HEAD_BYTES_MAX}
     */
    byte @Nullable [] take(ByteBuf in) {
        int start = in.readerIndex();
        int end = in.writerIndex();
        while (true) {
            int feed = in.indexOf(start + scanned, Math.min(end, start + HttpLimits.HEAD_BYTES_MAX), LF);
            if (feed < 0) {
                if (end - start >= HttpLimits.HEAD_BYTES_MAX) {
                    throw new RequestException(RequestError.HEADERS_TOO_LARGE);
                }
                scanned = end - start;
                return null;
            }
            int line = start + lineStart;
            scanned = feed + 1 - start;
            lineStart = scanned;
            if (feed == line || feed == line + 1 && in.getByte(line) == CR) {
                byte[] section = new byte[scanned];
                in.readBytes(section);
                reset();
                return section;
            }
        }
    }

    /** Whether at least one whole line has been seen of a section whose end has not come. */
    boolean hasLine() {
        return lineStart > 0;
    }

    private void reset() {
        lineStart = 0;
        scanned = 0;
    }
}
