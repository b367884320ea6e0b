package io.periplus.lab.store.admission;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.BitSet;

/** IPv4 addresses of one range, handed out one by one. Not safe for use by several threads. */
public final class AddressRange {
    /** Larger ranges are used only up to this size; a lab has no more Services. */
    private static final int SIZE_MAX = 65_536;

    private final int base;
    private final int size;
    private final int firstFree;
    private final BitSet taken = new BitSet();

    /**
     * @param cidr such as {@code 10.96.0.0/16}
     * @param reserved how many addresses at the beginning are only handed out on request
     */
    AddressRange(String cidr, int reserved) {
        String[] parts = cidr.split("/", 2);
        if (parts.length != 2 || !parts[1].matches("\\d{1,2}") || Integer.parseInt(parts[1]) > 30) {
            throw new IllegalArgumentException("range: " + cidr + " (expected: an IPv4 CIDR such as 10.96.0.0/16)");
        }
        int bits = 32 - Integer.parseInt(parts[1]);
        base = parse(parts[0]) & (bits == 32 ? 0 : -1 << bits);
        size = bits >= 16 ? SIZE_MAX : 1 << bits;
        firstFree = Math.min(reserved + 1, size - 2);
    }

    static int parse(String address) {
        try {
            byte[] bytes = InetAddress.ofLiteral(address).getAddress();
            if (bytes.length == 4) {
                return ByteBuffer.wrap(bytes).getInt();
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("address: " + address + " (expected: an IPv4 address)", e);
        }
        throw new IllegalArgumentException("address: " + address + " (expected: an IPv4 address)");
    }

    boolean contains(String address) {
        int offset = parse(address) - base;
        return offset > 0 && offset < size - 1;
    }

    /** Takes an address of the client's choice; false if it is taken already. */
    boolean take(String address) {
        int offset = parse(address) - base;
        if (taken.get(offset)) {
            return false;
        }
        taken.set(offset);
        return true;
    }

    /** The next free address. */
    String next() {
        int offset = taken.nextClearBit(firstFree);
        if (offset >= size - 1) {
            throw new IllegalStateException("all " + size + " addresses are in use");
        }
        taken.set(offset);
        return at(offset);
    }

    void release(String address) {
        if (contains(address)) {
            taken.clear(parse(address) - base);
        }
    }

    /** The n-th address of a range. */
    public static String addressAt(String cidr, int n) {
        return new AddressRange(cidr, 0).at(n);
    }

    /** The n-th address. */
    String at(int offset) {
        try {
            return InetAddress.getByAddress(
                            ByteBuffer.allocate(4).putInt(base + offset).array())
                    .getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }
}
