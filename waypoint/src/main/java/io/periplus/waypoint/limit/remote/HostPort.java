package io.periplus.waypoint.limit.remote;

/** {@code host:port}; the host of an IPv6 address stands in brackets and is given without. */
record HostPort(String host, int port) {
    static HostPort parse(String address) {
        int colon = address.lastIndexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("address \"" + address + "\" (expected: host:port)");
        }
        String host = address.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        return new HostPort(
                bracketed ? host.substring(1, host.length() - 1) : host,
                Integer.parseInt(address.substring(colon + 1)));
    }
}
