package io.periplus.bench.load;

/** What the generator speaks, both without TLS. */
public enum Protocol {
    HTTP1,
    /** With prior knowledge (RFC 9113 §3.3). */
    HTTP2
}
