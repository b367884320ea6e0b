package io.periplus.api;

import java.net.InetAddress;
import java.util.Optional;

/**
 * A block of IP addresses.
 *
 * @param address masked: bits beyond the prefix are zero
 * @param length  of the prefix, 0 to 32 or 128
 */
public record Cidr(InetAddress address, int length) {
    /** Parses {@code 10.0.0.0/8}, {@code 10.1.2.3}, {@code 2001:db8::/32}; names are never resolved. */
    public static Optional<Cidr> parse(String text) {
        int slash = text.indexOf('/');
        Optional<InetAddress> address = IpAddresses.parse(slash < 0 ? text : text.substring(0, slash));
        if (address.isEmpty()) {
            return Optional.empty();
        }
        byte[] bytes = address.get().getAddress();
        int length = bytes.length * 8;
        if (slash >= 0) {
            String suffix = text.substring(slash + 1);
            if (suffix.isEmpty() || suffix.length() > 3 || !suffix.chars().allMatch(c -> c >= '0' && c <= '9')) {
                return Optional.empty();
            }
            int wanted = Integer.parseInt(suffix);
            if (wanted > length) {
                return Optional.empty();
            }
            length = wanted;
        }
        for (int bit = length; bit < bytes.length * 8; bit++) {
            bytes[bit / 8] &= (byte) ~(0x80 >> (bit % 8));
        }
        return Optional.of(new Cidr(IpAddresses.of(bytes), length));
    }

    /** Whether an address is in the block. */
    public boolean contains(InetAddress other) {
        byte[] mine = address.getAddress();
        byte[] its = other.getAddress();
        if (mine.length != its.length) {
            return false;
        }
        for (int bit = 0; bit < length; bit++) {
            int mask = 0x80 >> (bit % 8);
            if ((mine[bit / 8] & mask) != (its[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }

    /** As it is written, {@code 10.0.0.0/8}. */
    @Override
    public String toString() {
        return IpAddresses.canonical(address) + "/" + length;
    }
}
