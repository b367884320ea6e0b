package io.periplus.dataplane.address;

/**
 * An address block. A block of one family never contains an address of the other.
 *
 * @param base the masked first address
 * @param length the prefix length as written: 0 to 32 for IPv4, 0 to 128 for IPv6
 */
public record Cidr(IpAddress base, int length) {
    /** Masks {@code base}; throws {@link IllegalArgumentException} on a length that its family does not have. */
    public Cidr {
        int bits = base.isIpv4() ? 32 : 128;
        if (length < 0 || length > bits) {
            throw new IllegalArgumentException(
                    "prefix length " + length + " of " + base + " (expected: 0 to " + bits + ")");
        }
        int prefix = 128 - bits + length;
        base = new IpAddress(base.high() & highMask(prefix), base.low() & lowMask(prefix));
    }

    /**
     * Parses {@code 10.0.0.0/8}, {@code fd00::/8} or a single address.
     *
     * @throws IllegalArgumentException naming the text when it is neither
     */
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        try {
            IpAddress base = IpAddress.parse(slash < 0 ? text : text.substring(0, slash));
            int length = slash < 0 ? (base.isIpv4() ? 32 : 128) : Integer.parseInt(text.substring(slash + 1));
            return new Cidr(base, length);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no IP address or block (expected: 10.1.0.0/16, fd00::/8 or one address)", e);
        }
    }

    /** Whether the address lies in this block. */
    public boolean contains(IpAddress address) {
        if (address.isIpv4() != base.isIpv4()) {
            return false;
        }
        int prefix = base.isIpv4() ? 96 + length : length;
        return (address.high() & highMask(prefix)) == base.high() && (address.low() & lowMask(prefix)) == base.low();
    }

    private static long highMask(int prefix) {
        return prefix >= 64 ? -1L : prefix == 0 ? 0 : -1L << (64 - prefix);
    }

    private static long lowMask(int prefix) {
        return prefix <= 64 ? 0 : -1L << (128 - prefix);
    }

    @Override
    public String toString() {
        return base + "/" + length;
    }
}
