package io.periplus.bench.load;

/**
 * One measurement.
 *
 * @param host an address, not a name
 * @param connections that are open at the same time
 * @param streams requests in progress per connection, 1 but for HTTP/2
 * @param authority of every request
 * @param path of every request; with {@code routes}, what follows the route's own prefix
 * @param routes 0, or how many prefixes {@code /r0} to {@code /r<routes - 1>} are asked for in turn
 * @param headers request fields besides the usual ones
 * @param rate requests per second of an open loop, 0 for a closed loop
 * @param warmUpMillis of the same load before the measured time
 * @param warmUpRequests that were answered before the measured time begins; it begins without them after a minute
 * @param measureMillis measured
 */
public record LoadPlan(
        String host,
        int port,
        Protocol protocol,
        int connections,
        int streams,
        String authority,
        String path,
        int routes,
        int headers,
        double rate,
        long warmUpMillis,
        long warmUpRequests,
        long measureMillis) {
    public LoadPlan {
        if (protocol != Protocol.HTTP2 && streams != 1) {
            throw new IllegalArgumentException("streams: %d (expected: 1 for %s)".formatted(streams, protocol));
        }
    }

    /** {@code GET /small}, or nothing but bytes, in a closed loop. */
    public static LoadPlan small(
            String host,
            int port,
            Protocol protocol,
            int connections,
            long warmUpMillis,
            long warmUpRequests,
            long measureMillis) {
        return new LoadPlan(
                host,
                port,
                protocol,
                connections,
                1,
                "server.bench",
                "/small",
                0,
                0,
                0,
                warmUpMillis,
                warmUpRequests,
                measureMillis);
    }

    /** The same as an open loop. */
    public LoadPlan atRate(double requestsPerSecond) {
        return new LoadPlan(
                host,
                port,
                protocol,
                connections,
                streams,
                authority,
                path,
                routes,
                headers,
                requestsPerSecond,
                warmUpMillis,
                warmUpRequests,
                measureMillis);
    }
}
