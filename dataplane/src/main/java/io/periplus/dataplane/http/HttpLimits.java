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

    /** What a peer may send on one HTTP/2 stream before the other side has taken it. */
    public static final int STREAM_WINDOW_BYTES = 64 * 1024;

    /**
     * What a peer may send on one HTTP/2 connection: enough for every stream to fill its own window, so that a stalled
     * stream never blocks another.
     */
    public static final int CONNECTION_WINDOW_BYTES = STREAMS_MAX * STREAM_WINDOW_BYTES;

    private HttpLimits() {}
}
