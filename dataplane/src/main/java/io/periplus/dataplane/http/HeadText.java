package io.periplus.dataplane.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.Iterator;
import java.util.Map;

/** The text of a head while it is put together: an array of the right size, copied to a buffer once. */
final class HeadText {
    /** Around a field: colon, space, CR, LF. */
    private static final int FIELD_EXTRA = 4;

    private final byte[] text;
    private int end;

    HeadText(int size) {
        text = new byte[size];
    }

    static int sizeOf(HttpHeaders headers) {
        int size = 0;
        if (headers instanceof HttpFields fields) {
            int count = fields.size();
            for (int i = 0; i < count; i++) {
                size += fields.nameAt(i).length() + fields.valueAt(i).length() + FIELD_EXTRA;
            }
            return size;
        }
        Iterator<Map.Entry<CharSequence, CharSequence>> all = headers.iteratorCharSequence();
        while (all.hasNext()) {
            Map.Entry<CharSequence, CharSequence> field = all.next();
            size += field.getKey().length() + field.getValue().length() + FIELD_EXTRA;
        }
        return size;
    }

    HeadText add(HttpHeaders headers) {
        if (headers instanceof HttpFields fields) {
            int count = fields.size();
            for (int i = 0; i < count; i++) {
                field(fields.nameAt(i), fields.valueAt(i));
            }
            return this;
        }
        Iterator<Map.Entry<CharSequence, CharSequence>> all = headers.iteratorCharSequence();
        while (all.hasNext()) {
            Map.Entry<CharSequence, CharSequence> field = all.next();
            field(AsciiString.of(field.getKey()).toLowerCase(), field.getValue());
        }
        return this;
    }

    private void field(CharSequence name, CharSequence value) {
        add(name).add(':').add(' ').add(value).crlf();
    }

    HeadText add(CharSequence more) {
        if (more instanceof AsciiString ascii) {
            copy(ascii.array(), ascii.arrayOffset(), ascii.length());
        } else {
            // A character beyond Latin-1 becomes a question mark, not whatever its low byte happens to be.
            for (int i = 0; i < more.length(); i++) {
                text[end++] = AsciiString.c2b(more.charAt(i));
            }
        }
        return this;
    }

    HeadText add(byte[] more) {
        copy(more, 0, more.length);
        return this;
    }

    private void copy(byte[] from, int start, int length) {
        System.arraycopy(from, start, text, end, length);
        end += length;
    }

    HeadText add(char c) {
        text[end++] = (byte) c;
        return this;
    }

    HeadText crlf() {
        text[end++] = '\r';
        text[end++] = '\n';
        return this;
    }

    ByteBuf into(ByteBufAllocator allocator) {
        return allocator.directBuffer(end).writeBytes(text, 0, end);
    }
}
