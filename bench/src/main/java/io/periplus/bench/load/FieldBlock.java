package io.periplus.bench.load;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Header blocks of one connection (HPACK, RFC 7541): the first puts the fields that repeat into the dynamic table, the
 * others refer to them, as browsers and gRPC clients do. Only the path is spelled out each time.
 */
final class FieldBlock {
    private static final int METHOD_GET = 0x82;
    private static final int SCHEME_HTTP = 0x86;
    /** A literal that is not put into the table, name 4 of the static table: {@code :path}. */
    private static final int PATH = 0x04;
    /** A literal that is put into the table, name 1 of the static table: {@code :authority}. */
    private static final int NEW_AUTHORITY = 0x41;
    /** A literal with a new name that is put into the table. */
    private static final int NEW = 0x40;

    private static final int STATIC_ENTRIES = 61;
    private static final int INDEXED = 0x80;

    private final Requests requests;
    private boolean begun;

    FieldBlock(Requests requests) {
        this.requests = requests;
    }

    void write(ByteBuf out) {
        out.writeByte(METHOD_GET).writeByte(SCHEME_HTTP).writeByte(PATH);
        text(out, requests.nextPath());
        List<Requests.Field> fields = requests.fields();
        if (begun) {
            for (int i = 0; i <= fields.size(); i++) {
                integer(out, INDEXED, 7, STATIC_ENTRIES + 1 + fields.size() - i);
            }
            return;
        }
        begun = true;
        out.writeByte(NEW_AUTHORITY);
        text(out, requests.authority());
        for (Requests.Field field : fields) {
            out.writeByte(NEW);
            text(out, field.name());
            text(out, field.value());
        }
    }

    private static void text(ByteBuf out, String text) {
        integer(out, 0, 7, text.length());
        out.writeCharSequence(text, StandardCharsets.US_ASCII);
    }

    /** An integer whose first byte has {@code bits} for it (§5.1). */
    private static void integer(ByteBuf out, int first, int bits, int value) {
        int max = (1 << bits) - 1;
        if (value < max) {
            out.writeByte(first | value);
            return;
        }
        out.writeByte(first | max);
        int rest = value - max;
        while (rest >= 0x80) {
            out.writeByte(rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        out.writeByte(rest);
    }
}
