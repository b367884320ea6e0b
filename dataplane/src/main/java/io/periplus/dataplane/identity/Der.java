package io.periplus.dataplane.identity;

import java.io.ByteArrayOutputStream;

/** The few DER encodings that a certificate request needs (X.690). */
final class Der {
    static final int INTEGER = 0x02;
    static final int BIT_STRING = 0x03;
    static final int OCTET_STRING = 0x04;
    static final int OBJECT_IDENTIFIER = 0x06;
    static final int SEQUENCE = 0x30;
    static final int SET = 0x31;
    /** {@code [0]}, constructed. */
    static final int CONTEXT_0 = 0xa0;
    /** {@code [6]}, primitive: the URI among general names. */
    static final int CONTEXT_6 = 0x86;

    static final byte[] TRUE = {0x01, 0x01, (byte) 0xff};

    private static final int SHORT_LENGTH_MAX = 0x7f;
    private static final int LONG_LENGTH = 0x80;

    private Der() {}

    /** One element around the parts, in order. */
    static byte[] element(int tag, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(length + 6);
        out.write(tag);
        writeLength(out, length);
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    /** An object identifier. */
    static byte[] oid(int first, int second, int... rest) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(first * 40 + second);
        for (int arc : rest) {
            int bits = 7 * ((31 - Integer.numberOfLeadingZeros(arc | 1)) / 7);
            for (; bits > 0; bits -= 7) {
                out.write(arc >>> bits & 0x7f | 0x80);
            }
            out.write(arc & 0x7f);
        }
        return element(OBJECT_IDENTIFIER, out.toByteArray());
    }

    private static void writeLength(ByteArrayOutputStream out, int length) {
        if (length <= SHORT_LENGTH_MAX) {
            out.write(length);
            return;
        }
        int bytes = (39 - Integer.numberOfLeadingZeros(length)) / 8;
        out.write(LONG_LENGTH | bytes);
        for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
            out.write(length >>> shift & 0xff);
        }
    }
}
