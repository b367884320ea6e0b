package io.periplus.bench.load;

/** What the generator speaks, all without TLS. */
public enum Protocol {
    HTTP1,
    /** With prior knowledge (RFC 9113 §3.3). */
    HTTP2,
    /** A new connection for every request; the client closes. */
    HTTP1_ONCE,
    /** Bytes to the server, which drops them; what is completed are bytes. */
    SEND,
    /** Bytes from the server; what is completed are bytes. */
    RECEIVE;

    /** Whether streams of bytes are measured instead of requests. */
    public boolean isBulk() {
        return this == SEND || this == RECEIVE;
    }
}
