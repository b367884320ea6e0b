package io.periplus.ztunnel.dns;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads messages (RFC 1035 §4.1) strictly: every count must be true and nothing may be left over. */
final class DnsReader {
    private static final Received NOISE = new Received.Noise();

    private final ByteBuffer in;

    private DnsReader(ByteBuffer in) {
        this.in = in;
    }

    /** Reads a query. Never fails: what cannot be read is {@link Received.Bad} or {@link Received.Noise}. */
    static Received query(byte[] message) {
        if (message.length < DnsCode.HEADER_BYTES) {
            return NOISE;
        }
        ByteBuffer in = ByteBuffer.wrap(message);
        int id = in.getShort() & 0xffff;
        int flags = in.getShort() & 0xffff;
        if ((flags & DnsCode.FLAG_RESPONSE) != 0) {
            return NOISE;
        }
        if ((flags & DnsCode.OPCODE_MASK) != 0) {
            return new Received.Bad(id, flags, DnsCode.NOT_IMPLEMENTED);
        }
        try {
            return new DnsReader(in).question(id, flags);
        } catch (BufferUnderflowException | IllegalArgumentException _) {
            return new Received.Bad(id, flags, DnsCode.FORMAT_ERROR);
        }
    }

    private Received question(int id, int flags) {
        if (count() != 1) {
            return new Received.Bad(id, flags, DnsCode.FORMAT_ERROR);
        }
        int records = count() + count();
        int additional = count();
        int start = in.position();
        String name = hostName();
        int type = in.getShort() & 0xffff;
        int dnsClass = in.getShort() & 0xffff;
        byte[] question = Arrays.copyOfRange(in.array(), start, in.position());
        for (int i = 0; i < records; i++) {
            skipRecord();
        }
        int payload = 0;
        for (int i = 0; i < additional; i++) {
            int owner = in.position();
            skipName();
            if ((in.getShort() & 0xffff) != DnsCode.TYPE_OPT) {
                in.position(owner);
                skipRecord();
                continue;
            }
            if (payload != 0 || in.position() - owner != 3) {
                return new Received.Bad(id, flags, DnsCode.FORMAT_ERROR);
            }
            payload = Math.max(DnsCode.UDP_BYTES_MIN, in.getShort() & 0xffff);
            int extended = in.getInt();
            skip(in.getShort() & 0xffff);
            if ((extended >>> 16 & 0xff) != 0) {
                return new Received.Bad(id, flags, DnsCode.BAD_VERSION);
            }
        }
        return in.hasRemaining()
                ? new Received.Bad(id, flags, DnsCode.FORMAT_ERROR)
                : new DnsQuery(id, flags, name, type, dnsClass, question, payload);
    }

    private int count() {
        return in.getShort() & 0xffff;
    }

    /** The name of a question, which is the first of its message and cannot point back to another. */
    private @Nullable String hostName() {
        StringBuilder name = new StringBuilder(64);
        boolean host = true;
        int bytes = 1;
        int length;
        while ((length = in.get() & 0xff) != 0) {
            bytes += length + 1;
            if (length > DnsCode.LABEL_BYTES_MAX || bytes > DnsCode.NAME_BYTES_MAX) {
                throw new IllegalArgumentException("a name of more than 255 bytes, or with a pointer");
            }
            if (!name.isEmpty()) {
                name.append('.');
            }
            for (int i = 0; i < length; i++) {
                int letter = in.get() & 0xff;
                host &= isHostLetter(letter);
                name.append((char) (letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : letter));
            }
        }
        return host && !name.isEmpty() ? name.toString() : null;
    }

    private static boolean isHostLetter(int letter) {
        return letter >= 'a' && letter <= 'z'
                || letter >= 'A' && letter <= 'Z'
                || letter >= '0' && letter <= '9'
                || letter == '-'
                || letter == '_';
    }

    private void skipRecord() {
        skipName();
        skip(8);
        skip(in.getShort() & 0xffff);
    }

    private void skipName() {
        int length;
        while ((length = in.get() & 0xff) != 0) {
            if (length >= DnsCode.POINTER) {
                skip(1);
                return;
            }
            if (length > DnsCode.LABEL_BYTES_MAX) {
                throw new IllegalArgumentException("a label of more than 63 bytes");
            }
            skip(length);
        }
    }

    private void skip(int bytes) {
        if (bytes > in.remaining()) {
            throw new BufferUnderflowException();
        }
        in.position(in.position() + bytes);
    }

    /**
     * Whether {@code message} answers what was asked: a response with this id to this very question. A server that does
     * not understand the question may leave it out.
     */
    static boolean isAnswer(byte[] message, int id, byte[] question) {
        if (message.length < DnsCode.HEADER_BYTES) {
            return false;
        }
        ByteBuffer in = ByteBuffer.wrap(message);
        if ((in.getShort() & 0xffff) != id || (in.getShort() & DnsCode.FLAG_RESPONSE) == 0) {
            return false;
        }
        int questions = in.getShort() & 0xffff;
        boolean refused = (message[3] & 0xf) != DnsCode.NO_ERROR;
        if (questions == 0) {
            return refused;
        }
        int end = DnsCode.HEADER_BYTES + question.length;
        return questions == 1
                && message.length >= end
                && sameQuestion(Arrays.copyOfRange(message, DnsCode.HEADER_BYTES, end), question);
    }

    /** Names are compared without case, as servers may change it. */
    private static boolean sameQuestion(byte[] a, byte[] b) {
        int nameEnd = b.length - 4;
        for (int i = 0; i < b.length; i++) {
            boolean same = i < nameEnd ? lower(a[i]) == lower(b[i]) : a[i] == b[i];
            if (!same) {
                return false;
            }
        }
        return true;
    }

    private static int lower(byte letter) {
        return letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : letter;
    }
}
