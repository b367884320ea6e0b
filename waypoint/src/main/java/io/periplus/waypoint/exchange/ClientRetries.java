package io.periplus.waypoint.exchange;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import io.periplus.waypoint.route.RetryConditions;
import io.periplus.waypoint.route.RetryRules;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What clients say themselves about retries of their requests, as Envoy understands it, added to what the route says. */
final class ClientRetries {
    private static final AsciiString ON = AsciiString.cached("x-envoy-retry-on");
    private static final AsciiString GRPC_ON = AsciiString.cached("x-envoy-retry-grpc-on");
    private static final AsciiString MOST = AsciiString.cached("x-envoy-max-retries");
    private static final AsciiString CODES = AsciiString.cached("x-envoy-retriable-status-codes");

    /** More would only add to the load that made the first ones fail. */
    private static final int MOST_MAX = 10;

    private ClientRetries() {}

    /**
     * The rules of one request; the fields are removed. Statuses that the client lists are tried again without more words, as
     * both the mesh's own rules and those of routes say so of listed ones ({@code retriable-status-codes}).
     *
     * @param usual where the route says nothing
     */
    static RetryRules merge(@Nullable RetryRules route, RetryRules usual, HttpHeaders headers) {
        RetryRules base = route == null ? usual : route;
        if (!headers.contains(ON)
                && !headers.contains(GRPC_ON)
                && !headers.contains(MOST)
                && !headers.contains(CODES)) {
            return base;
        }
        int on = base.on() | RetryConditions.of(headers.get(ON)) | RetryConditions.of(headers.get(GRPC_ON));
        int[] codes = base.codes();
        if (headers.contains(CODES)) {
            codes = IntStream.concat(Arrays.stream(codes), RetryConditions.statuses(headers.get(CODES)))
                    .sorted()
                    .toArray();
        }
        int most = RetryConditions.statuses(headers.get(MOST)).findFirst().orElse(base.most());
        headers.remove(ON);
        headers.remove(GRPC_ON);
        headers.remove(MOST);
        headers.remove(CODES);
        return new RetryRules(Math.min(most, MOST_MAX), on, codes, base.backoffMillis());
    }
}
