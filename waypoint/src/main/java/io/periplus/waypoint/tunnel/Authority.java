package io.periplus.waypoint.tunnel;

import io.periplus.dataplane.address.IpAddress;
import org.jspecify.annotations.Nullable;

/** An address and port as the authority of a CONNECT gives them (RFC 9110 §9.3.6). */
record Authority(IpAddress address, int port) {
    /** Null for anything but {@code ip:port} or {@code [ip]:port}. */
    static @Nullable Authority parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon <= 0) {
            return null;
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        try {
            int port = Integer.parseInt(text, colon + 1, text.length(), 10);
            return port < 1 || port > 0xffff ? null : new Authority(IpAddress.parse(host), port);
        } catch (IllegalArgumentException _) {
            return null;
        }
    }
}
