package io.periplus.lab.node.net;

/**
 * An IPv4 network.
 *
 * @param network the first address, as an unsigned 32-bit number
 * @param prefix its length in bits, 8 to 30
 */
public record Cidr(int network, int prefix) {
    public Cidr {
        if (prefix < 8 || prefix > 30) {
            throw new IllegalArgumentException("prefix length: " + prefix + " (expected: 8 to 30)");
        }
        network &= -1 << (32 - prefix);
    }

    /** Reads {@code 10.1.0.0/16}. */
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("network: " + text + " (expected: a.b.c.d/n)");
        }
        return new Cidr(number(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
    }

    /** The address {@code index} after the network's own. */
    public String address(int index) {
        if (index < 0 || index >= size()) {
            throw new IllegalArgumentException(
                    "address " + index + " of " + this + " (expected: 0 to " + (size() - 1) + ")");
        }
        return dotted(network + index);
    }

    /** How many addresses there are, with the network's own and the broadcast address. */
    public int size() {
        return 1 << (32 - prefix);
    }

    public boolean contains(String address) {
        return (number(address) & (-1 << (32 - prefix))) == network;
    }

    /** Whether the addresses are the machine's own (RFC 1122, 127.0.0.0/8). */
    public boolean isLoopback() {
        return network >>> 24 == 127;
    }

    @Override
    public String toString() {
        return dotted(network) + "/" + prefix;
    }

    private static int number(String address) {
        String[] parts = address.split("\\.", -1);
        if (parts.length != 4) {
            throw new IllegalArgumentException("IPv4 address: " + address + " (expected: a.b.c.d)");
        }
        int number = 0;
        for (String part : parts) {
            number = number << 8 | Integer.parseInt(part);
        }
        return number;
    }

    private static String dotted(int number) {
        return (number >>> 24) + "." + (number >>> 16 & 255) + "." + (number >>> 8 & 255) + "." + (number & 255);
    }
}
