package io.periplus.lab.node.dns;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads queries and writes responses in the format of RFC 1035 §4, with EDNS(0) (RFC 6891). */
final class DnsMessage {
    private static final int RESPONSE = 0x8000;
    private static final int AUTHORITATIVE = 0x0400;
    private static final int TRUNCATED = 0x0200;
    private static final int RECURSION_DESIRED = 0x0100;
    private static final int RECURSION_AVAILABLE = 0x0080;
    private static final int OPCODE = 0x7800;
    private static final int FORMAT_ERROR = 1;
    private static final int NOT_IMPLEMENTED = 4;
    private static final int IN = 1;
    private static final int PLAIN_SIZE = 512;
    /** No answer of a cluster is larger; also the bound of what is written over TCP. */
    static final int MAX_SIZE = 65_535;

    private DnsMessage() {}

    /**
     * A query with one question.
     *
     * @param name lower case, without the final dot
     * @param question the question section as it came, so that the case of the name is kept
     * @param size what the client takes over UDP
     */
    record Query(int id, int flags, String name, int type, byte[] question, int size, boolean edns) {}

    /** Reads a query; null if it is not one (and deserves no answer). */
    static @Nullable Query read(ByteBuffer in) {
        try {
            int id = in.getShort() & 0xffff;
            int flags = in.getShort() & 0xffff;
            int questions = in.getShort() & 0xffff;
            int others = (in.getShort() & 0xffff) + (in.getShort() & 0xffff);
            int additional = in.getShort() & 0xffff;
            if ((flags & RESPONSE) != 0) {
                return null;
            }
            if (questions != 1 || others != 0) {
                return new Query(id, flags, "", 0, new byte[0], PLAIN_SIZE, false);
            }
            int start = in.position();
            String name = name(in);
            int type = in.getShort() & 0xffff;
            in.getShort();
            byte[] question = new byte[in.position() - start];
            in.get(start, question);
            int size = PLAIN_SIZE;
            boolean edns = false;
            if (additional == 1 && in.get() == 0 && (in.getShort() & 0xffff) == DnsType.OPT) {
                size = Math.max(PLAIN_SIZE, in.getShort() & 0xffff);
                edns = true;
            }
            return new Query(id, flags, name, type, question, size, edns);
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            return null;
        }
    }

    private static String name(ByteBuffer in) {
        StringBuilder name = new StringBuilder();
        for (int length = in.get() & 0xff; length != 0; length = in.get() & 0xff) {
            if (length > 63 || name.length() > 255) {
                throw new IllegalArgumentException("malformed name");
            }
            byte[] label = new byte[length];
            in.get(label);
            name.append(name.isEmpty() ? "" : ".").append(new String(label, StandardCharsets.ISO_8859_1));
        }
        return name.toString().toLowerCase(Locale.ROOT);
    }

    /**
     * Writes a response.
     *
     * @param zone owner of the SOA record that says how long an absence may be remembered
     * @param limit bytes at most; a longer answer is cut and marked as such
     */
    static ByteBuffer write(Query query, @Nullable DnsAnswer answer, String zone, int limit) {
        ByteBuffer out = ByteBuffer.allocate(MAX_SIZE);
        int code = answer != null ? answer.code() : (query.flags() & OPCODE) != 0 ? NOT_IMPLEMENTED : FORMAT_ERROR;
        boolean negative = answer != null && answer.records().isEmpty();
        int flags =
                RESPONSE | AUTHORITATIVE | RECURSION_AVAILABLE | query.flags() & (RECURSION_DESIRED | OPCODE) | code;
        header(out, query, flags, answer, negative);
        if (answer != null) {
            answer.records().forEach(found -> record(out, found));
            if (negative) {
                soa(out, zone);
            }
            answer.additional().forEach(found -> record(out, found));
        }
        option(out, query);
        if (out.position() > limit) {
            out.clear();
            header(out, query, flags | TRUNCATED, null, false);
            option(out, query);
        }
        return out.flip();
    }

    private static void header(ByteBuffer out, Query query, int flags, @Nullable DnsAnswer answer, boolean negative) {
        out.putShort((short) query.id()).putShort((short) flags);
        out.putShort((short) (query.question().length > 0 ? 1 : 0));
        out.putShort((short) (answer == null ? 0 : answer.records().size()));
        out.putShort((short) (negative ? 1 : 0));
        out.putShort((short) ((answer == null ? 0 : answer.additional().size()) + (query.edns() ? 1 : 0)));
        out.put(query.question());
    }

    private static void option(ByteBuffer out, Query query) {
        if (query.edns()) {
            out.put((byte) 0)
                    .putShort((short) DnsType.OPT)
                    .putShort((short) 1232)
                    .putInt(0)
                    .putShort((short) 0);
        }
    }

    private static void record(ByteBuffer out, DnsRecord record) {
        name(out, record.name());
        out.putShort((short) record.type()).putShort((short) IN).putInt(DnsRecord.TTL);
        int length = out.position();
        out.putShort((short) 0);
        switch (record) {
            case DnsRecord.A a -> out.put(a.address());
            case DnsRecord.Cname cname -> name(out, cname.target());
            case DnsRecord.Ptr ptr -> name(out, ptr.target());
            case DnsRecord.Srv srv -> {
                out.putShort((short) 0).putShort((short) 100).putShort((short) srv.port());
                name(out, srv.target());
            }
            case DnsRecord.Txt txt -> {
                byte[] text = txt.text().getBytes(StandardCharsets.UTF_8);
                out.put((byte) text.length).put(text);
            }
        }
        out.putShort(length, (short) (out.position() - length - 2));
    }

    private static void soa(ByteBuffer out, String zone) {
        name(out, zone);
        out.putShort((short) DnsType.SOA).putShort((short) IN).putInt(DnsRecord.TTL);
        int length = out.position();
        out.putShort((short) 0);
        name(out, "ns.dns." + zone);
        name(out, "hostmaster." + zone);
        out.putInt(1).putInt(7200).putInt(1800).putInt(86400).putInt(DnsRecord.TTL);
        out.putShort(length, (short) (out.position() - length - 2));
    }

    private static void name(ByteBuffer out, String name) {
        for (String label : name.split("\\.")) {
            byte[] bytes = label.getBytes(StandardCharsets.ISO_8859_1);
            out.put((byte) bytes.length).put(bytes);
        }
        out.put((byte) 0);
    }
}
