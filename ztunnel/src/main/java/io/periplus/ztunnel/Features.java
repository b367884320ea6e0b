package io.periplus.ztunnel;

/**
 * What can be turned on and off.
 *
 * @param baggage whether this end describes itself in answers, and believes descriptions of clients
 * @param localhostAppTunnel whether applications that speak PROXY protocol are reached on loopback
 * @param ipv6 whether to listen on IPv6
 * @param socks5 whether pods may ask for connections by SOCKS5
 * @param originalSource whether applications see the clients' own addresses
 * @param proxy whether connections are served, and not only questions for names
 * @param portReuse whether a pod is served beside another proxy that still serves it
 */
record Features(
        boolean baggage,
        boolean localhostAppTunnel,
        boolean ipv6,
        boolean socks5,
        OriginalSource originalSource,
        boolean proxy,
        boolean portReuse) {
    /** Upstream's defaults. */
    static final Features DEFAULT = new Features(true, true, true, false, OriginalSource.IF_POSSIBLE, true, true);

    /** Whether a connection to this port would come back to the proxy. */
    boolean isOwnPort(int port) {
        return ProxyPorts.isOwn(port) || socks5 && port == ProxyPorts.SOCKS5;
    }

    /** Whether sockets may carry foreign addresses. */
    enum OriginalSource {
        /** Wherever the kernel permits it; otherwise the pod's own address, with a warning. */
        IF_POSSIBLE,
        /** Or there is no connection. */
        ALWAYS,
        /** The pod's own address. */
        NEVER
    }
}
