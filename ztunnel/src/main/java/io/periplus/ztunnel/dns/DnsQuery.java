package io.periplus.ztunnel.dns;

import org.jspecify.annotations.Nullable;

/**
 * A query with its one question.
 *
 * @param flags the header's second word, as received
 * @param name lower case, labels joined by dots, without one at the end; {@code null} if it is no host name, as it then
 *     cannot be of the mesh: labels may hold any bytes, even dots
 * @param question as received, to be repeated with the very same letters (some clients vary them against forgery)
 * @param payload how many bytes the client can receive over UDP as it says by EDNS; 0 without EDNS
 */
record DnsQuery(int id, int flags, @Nullable String name, int type, int dnsClass, byte[] question, int payload)
        implements Received {
    /** Whether it asks for addresses on the Internet, the only thing that the mesh knows. */
    boolean isForAddresses() {
        return dnsClass == DnsCode.CLASS_IN && (type == DnsCode.TYPE_A || type == DnsCode.TYPE_AAAA);
    }

    /** The longest answer that reaches the client over UDP. */
    int datagramLimit() {
        return Math.max(DnsCode.UDP_BYTES_MIN, payload);
    }
}
