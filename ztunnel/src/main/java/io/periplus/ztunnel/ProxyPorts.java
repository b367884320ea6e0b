package io.periplus.ztunnel;

/** The ports of a pod's proxy, the same in every ambient mesh. */
final class ProxyPorts {
    /** Where outgoing connections are redirected to. */
    static final int OUTBOUND = 15001;
    /** Where incoming plaintext connections are redirected to. */
    static final int INBOUND_PLAINTEXT = 15006;
    /** HBONE; reached directly. */
    static final int HBONE = 15008;

    /** SOCKS5, on loopback, where it is wanted at all. */
    static final int SOCKS5 = 15080;

    private ProxyPorts() {}

    /** Whether a connection to this port would come back to the proxy; see {@link Features#isOwnPort}. */
    static boolean isOwn(int port) {
        return port == OUTBOUND || port == INBOUND_PLAINTEXT || port == HBONE;
    }
}
