package io.periplus.ztunnel;

import io.periplus.dataplane.address.IpAddress;
import org.jspecify.annotations.Nullable;

/** The {@code :authority} of a CONNECT. */
sealed interface Authority {
    /** The longest there can be: a host name, a colon, a port. */
    int LENGTH_MAX = 253 + 1 + 5;

    /** From 1 to 65535. */
    int port();

    /** An address, without brackets here and with them, for IPv6, on the wire. */
    record Ip(IpAddress address, int port) implements Authority {}

    /** A host name. */
    record Host(String name, int port) implements Authority {}

    /** The text for an address. */
    static String of(IpAddress address, int port) {
        return address.isIpv4() ? address + ":" + port : "[" + address + "]:" + port;
    }

    /** Parses {@code ip:port}, {@code [ip]:port} or {@code host:port}; {@code null} for anything else. */
    static @Nullable Authority parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon <= 0 || text.length() > LENGTH_MAX) {
            return null;
        }
        int port = port(text, colon + 1);
        if (port == 0) {
            return null;
        }
        String host = text.substring(0, colon);
        try {
            if (host.startsWith("[") && host.endsWith("]")) {
                IpAddress address = IpAddress.parse(host.substring(1, host.length() - 1));
                return new Ip(address, port);
            }
            if (isIpv4(host)) {
                return new Ip(IpAddress.parse(host), port);
            }
        } catch (IllegalArgumentException _) {
            return null;
        }
        return isHostname(host) ? new Host(host, port) : null;
    }

    /** What there is to tell of a text that is none: it may be as long as a header list. */
    static String shortened(String text) {
        return text.length() <= LENGTH_MAX ? text : text.substring(0, LENGTH_MAX) + "…";
    }

    private static int port(String text, int from) {
        int length = text.length() - from;
        if (length < 1 || length > 5) {
            return 0;
        }
        int port = 0;
        for (int i = from; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return 0;
            }
            port = port * 10 + digit;
        }
        return port <= 0xffff ? port : 0;
    }

    private static boolean isIpv4(String host) {
        return host.chars().allMatch(c -> c == '.' || c >= '0' && c <= '9');
    }

    private static boolean isHostname(String host) {
        return host.length() <= 253
                && host.chars()
                        .allMatch(c -> c == '.' || c == '-' || c == '_' || c < 0x80 && Character.isLetterOrDigit(c));
    }
}
