package io.periplus.ztunnel.dns;

import io.periplus.dataplane.address.IpAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes answers (RFC 1035 §4.1, RFC 6891). */
final class DnsWriter {
    /** How long clients may keep what the mesh answers, in seconds. */
    static final int TTL = 30;

    private static final int QUESTION_POINTER = DnsCode.POINTER << 8 | DnsCode.HEADER_BYTES;
    private static final int OPT_BYTES = 11;
    /** Without its data, and with a pointer for a name. */
    private static final int RECORD_BYTES = 12;

    private static final int ADDRESS_BYTES_MAX = 16;
    private static final int POINTER_MAX = 0x3fff;

    private final ByteBuffer out;
    private int answers;
    private boolean truncated;

    private DnsWriter(int limit) {
        this.out = ByteBuffer.allocate(limit);
    }

    /**
     * The mesh's answer to a query: addresses of the family that it asks for, possibly none.
     *
     * @param alias the name that the asked one stands for and that has the addresses; {@code null} if the asked one has
     * @param limit the most bytes; records that do not fit are left out, and the answer says so
     */
    static byte[] addresses(DnsQuery query, @Nullable String alias, List<IpAddress> addresses, int limit) {
        int needed = DnsCode.HEADER_BYTES
                + query.question().length
                + (alias == null ? 0 : RECORD_BYTES + DnsCode.NAME_BYTES_MAX)
                + addresses.size() * (RECORD_BYTES + ADDRESS_BYTES_MAX);
        DnsWriter writer = new DnsWriter(Math.min(needed, limit - (query.payload() > 0 ? OPT_BYTES : 0)));
        writer.out.position(DnsCode.HEADER_BYTES).put(query.question());
        int owner = alias == null ? QUESTION_POINTER : writer.alias(alias);
        for (IpAddress address : addresses) {
            if (owner == 0 || !writer.address(owner, query.type(), address)) {
                writer.truncated = true;
                break;
            }
        }
        return writer.finish(query, DnsCode.FLAG_AUTHORITATIVE, DnsCode.NO_ERROR);
    }

    /** An answer without records. */
    static byte[] failure(DnsQuery query, int code) {
        DnsWriter writer = new DnsWriter(DnsCode.UDP_BYTES_MIN);
        writer.out.position(DnsCode.HEADER_BYTES).put(query.question());
        return writer.finish(query, 0, code);
    }

    /** To a query whose question could not be read. */
    static byte[] failure(Received.Bad bad) {
        boolean extended = bad.code() > 0xf;
        ByteBuffer out = ByteBuffer.allocate(DnsCode.HEADER_BYTES + (extended ? OPT_BYTES : 0));
        header(
                out,
                bad.id(),
                bad.flags() & DnsCode.OPCODE_MASK | flags(bad.flags()) | bad.code() & 0xf,
                0,
                0,
                extended);
        if (extended) {
            out.position(DnsCode.HEADER_BYTES);
            opt(out, DnsCode.UDP_BYTES_MIN, bad.code());
        }
        return out.array();
    }

    /** Writes the alias; returns a pointer to the name it stands for, 0 if there is no room. */
    private int alias(String name) {
        byte[] target = wire(name);
        if (out.remaining() < RECORD_BYTES + target.length) {
            truncated = true;
            return 0;
        }
        record(QUESTION_POINTER, DnsCode.TYPE_CNAME, target);
        int at = out.position() - target.length;
        return at <= POINTER_MAX ? DnsCode.POINTER << 8 | at : 0;
    }

    private boolean address(int owner, int type, IpAddress address) {
        byte[] bytes = address.toInetAddress().getAddress();
        if (out.remaining() < RECORD_BYTES + bytes.length) {
            return false;
        }
        record(owner, type, bytes);
        return true;
    }

    private void record(int owner, int type, byte[] data) {
        out.putShort((short) owner)
                .putShort((short) type)
                .putShort((short) DnsCode.CLASS_IN)
                .putInt(TTL)
                .putShort((short) data.length)
                .put(data);
        answers++;
    }

    private byte[] finish(DnsQuery query, int extra, int code) {
        boolean edns = query.payload() > 0;
        byte[] message = Arrays.copyOf(out.array(), out.position() + (edns ? OPT_BYTES : 0));
        ByteBuffer whole = ByteBuffer.wrap(message);
        int flags = flags(query.flags()) | extra | (truncated ? DnsCode.FLAG_TRUNCATED : 0) | code;
        header(whole, query.id(), flags, 1, answers, edns);
        if (edns) {
            whole.position(out.position());
            opt(whole, query.payload(), 0);
        }
        return message;
    }

    private static int flags(int asked) {
        return DnsCode.FLAG_RESPONSE
                | DnsCode.FLAG_RECURSION_AVAILABLE
                | asked & (DnsCode.FLAG_RECURSION_DESIRED | DnsCode.FLAG_CHECKING_DISABLED);
    }

    private static void header(ByteBuffer out, int id, int flags, int questions, int answers, boolean opt) {
        out.position(0)
                .putShort((short) id)
                .putShort((short) flags)
                .putShort((short) questions)
                .putShort((short) answers)
                .putShort((short) 0)
                .putShort((short) (opt ? 1 : 0));
    }

    private static void opt(ByteBuffer out, int payload, int code) {
        out.put((byte) 0)
                .putShort((short) DnsCode.TYPE_OPT)
                .putShort((short) payload)
                .putInt((code >>> 4) << 24)
                .putShort((short) 0);
    }

    /** A host name in the form of the wire, without compression. */
    static byte[] wire(String name) {
        ByteBuffer bytes = ByteBuffer.allocate(name.length() + 2);
        for (String label : name.split("\\.", -1)) {
            bytes.put((byte) label.length()).put(label.getBytes(StandardCharsets.US_ASCII));
        }
        return bytes.put((byte) 0).array();
    }
}
