package io.periplus.dataplane.http;

/** The bounds on what one peer may send, those that users of Envoy know. */
public final class HttpLimits {
    /** Bytes of a request line or of all header fields together: 60 KiB, as much as the largest cookies in the wild need. */
    public static final int HEAD_BYTES_MAX = 60 * 1024;

    /** Header fields of one message. */
    public static final int HEADERS_MAX = 100;

    /** Bytes of one piece of a body as it passes through: one TLS record. */
    public static final int PIECE_BYTES_MAX = 16 * 1024;

    /** Requests that one HTTP/2 connection may have open. */
    public static final int STREAMS_MAX = 100;

    private HttpLimits() {}
}
