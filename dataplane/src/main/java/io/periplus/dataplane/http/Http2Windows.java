package io.periplus.dataplane.http;

/**
 * How much a peer may send on HTTP/2 before the other side has taken it (RFC 9113 §6.9): so much of its data may wait in this
 * process, and no more than that goes out per round trip.
 *
 * @param streamBytes on one stream
 * @param connectionBytes on all streams of a connection together
 */
public record Http2Windows(int streamBytes, int connectionBytes) {
    private static final int KIB = 1024;

    /** The least of both: what a peer may send on a connection before it has heard of any windows, rounded up. */
    public static final int BYTES_MIN = 64 * KIB;

    /** The most of both, far beyond what any way needs: 256 MiB. */
    public static final int BYTES_MAX = 256 * KIB * KIB;

    /**
     * For a connection that many clients share: enough for every stream to fill its own window, so that a reader who stands
     * still never blocks another.
     */
    public static final Http2Windows SHARED = new Http2Windows(BYTES_MIN, HttpLimits.STREAMS_MAX * BYTES_MIN);

    /**
     * For a connection of one client, perhaps far away: 256 KiB are 5 MB/s for one upload at a round trip of 50 ms, and all
     * together wait in no more memory than those of a shared connection.
     */
    public static final Http2Windows OF_ONE_CLIENT = new Http2Windows(256 * KIB, SHARED.connectionBytes);

    public Http2Windows {
        if (streamBytes < BYTES_MIN || connectionBytes < streamBytes || connectionBytes > BYTES_MAX) {
            throw new IllegalArgumentException(
                    "HTTP/2 windows of %d bytes per stream and %d per connection (expected: %d <= stream <= connection <= %d)"
                            .formatted(streamBytes, connectionBytes, BYTES_MIN, BYTES_MAX));
        }
    }
}
