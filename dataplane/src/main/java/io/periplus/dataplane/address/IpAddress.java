package io.periplus.dataplane.address;

import com.google.protobuf.ByteString;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * An IPv4 or IPv6 address as two words. IPv4 is kept in its mapped form ({@code ::ffff:a.b.c.d}), so a peer that a
 * dual-stack socket reports as mapped equals the same peer seen as IPv4.
 *
 * @param high the first eight bytes, network order
 * @param low the last eight bytes, network order
 */
public record IpAddress(long high, long low) {
    private static final long MAPPED_PREFIX = 0xffffL << 32;

    /** The address of a socket; scope ids are dropped. */
    public static IpAddress of(InetAddress address) {
        return ofBytes(address.getAddress());
    }

    /**
     * An address from its raw bytes in network order.
     *
     * @throws IllegalArgumentException if there are not 4 or 16 of them
     */
    public static IpAddress ofBytes(byte[] raw) {
        return ofBuffer(ByteBuffer.wrap(raw));
    }

    /** As {@link #ofBytes(byte[])}, for bytes of a protobuf message. */
    public static IpAddress ofBytes(ByteString raw) {
        return ofBuffer(raw.asReadOnlyByteBuffer());
    }

    /**
     * Parses a literal address; host names are not looked up.
     *
     * @throws IllegalArgumentException if the text is no address
     */
    public static IpAddress parse(String literal) {
        return of(InetAddress.ofLiteral(literal));
    }

    private static IpAddress ofBuffer(ByteBuffer raw) {
        return switch (raw.remaining()) {
            case 4 -> new IpAddress(0, MAPPED_PREFIX | Integer.toUnsignedLong(raw.getInt()));
            case 16 -> new IpAddress(raw.getLong(), raw.getLong());
            default ->
                throw new IllegalArgumentException(
                        "address of " + raw.remaining() + " bytes (expected: 4 or 16, network order)");
        };
    }

    /** Whether this is IPv4, mapped or not. */
    public boolean isIpv4() {
        return high == 0 && (low >>> 32) == 0xffffL;
    }

    /** 127.0.0.0/8 or ::1. */
    public boolean isLoopback() {
        return isIpv4() ? ((low >>> 24) & 0xff) == 127 : high == 0 && low == 1;
    }

    /** The same address for the socket interfaces of the JDK. */
    public InetAddress toInetAddress() {
        byte[] raw = isIpv4()
                ? ByteBuffer.allocate(4).putInt((int) low).array()
                : ByteBuffer.allocate(16).putLong(high).putLong(low).array();
        try {
            return InetAddress.getByAddress(raw);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 or 16 bytes are always an address", e);
        }
    }

    /** The canonical text: dotted, or RFC 5952 for IPv6, as resource names of the index use it. */
    @Override
    public String toString() {
        return isIpv4() ? ((Inet4Address) toInetAddress()).getHostAddress() : Rfc5952.format(high, low);
    }
}
