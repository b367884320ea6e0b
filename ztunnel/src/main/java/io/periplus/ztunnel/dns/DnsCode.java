package io.periplus.ztunnel.dns;

/** Numbers of the DNS (RFC 1035 §3.2, §4.1; RFC 6891). */
final class DnsCode {
    static final int TYPE_A = 1;
    static final int TYPE_CNAME = 5;
    static final int TYPE_AAAA = 28;
    static final int TYPE_OPT = 41;
    static final int CLASS_IN = 1;

    static final int NO_ERROR = 0;
    static final int FORMAT_ERROR = 1;
    static final int SERVER_FAILURE = 2;
    static final int NOT_IMPLEMENTED = 4;
    /** Extended: its upper bits are in the OPT record. */
    static final int BAD_VERSION = 16;

    static final int FLAG_RESPONSE = 0x8000;
    static final int FLAG_AUTHORITATIVE = 0x0400;
    static final int FLAG_TRUNCATED = 0x0200;
    static final int FLAG_RECURSION_DESIRED = 0x0100;
    static final int FLAG_RECURSION_AVAILABLE = 0x0080;
    static final int FLAG_CHECKING_DISABLED = 0x0010;
    static final int OPCODE_MASK = 0x7800;

    static final int HEADER_BYTES = 12;
    /** What every client can receive over UDP. */
    static final int UDP_BYTES_MIN = 512;

    static final int MESSAGE_BYTES_MAX = 65_535;
    static final int NAME_BYTES_MAX = 255;
    static final int LABEL_BYTES_MAX = 63;
    /** The upper two bits of a length byte say that a compression pointer follows. */
    static final int POINTER = 0xc0;

    private DnsCode() {}

    /** A record type in lower case, for metrics; {@code unknown} for those that nobody asks for. */
    static String typeName(int type) {
        return switch (type) {
            case TYPE_A -> "a";
            case 2 -> "ns";
            case TYPE_CNAME -> "cname";
            case 6 -> "soa";
            case 12 -> "ptr";
            case 15 -> "mx";
            case 16 -> "txt";
            case TYPE_AAAA -> "aaaa";
            case 33 -> "srv";
            case 35 -> "naptr";
            case 64 -> "svcb";
            case 65 -> "https";
            case 255 -> "any";
            case 257 -> "caa";
            default -> "unknown";
        };
    }
}
