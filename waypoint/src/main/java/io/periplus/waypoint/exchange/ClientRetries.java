package io.periplus.waypoint.exchange;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
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
     */
    static RetryRules merge(@Nullable RetryRules route, HttpHeaders headers) {
        RetryRules base = route == null ? RetryRules.DEFAULT : route;
        if (!headers.contains(ON)
                && !headers.contains(GRPC_ON)
                && !headers.contains(MOST)
                && !headers.contains(CODES)) {
            return base;
        }
        int on = base.on() | conditions(headers.get(ON)) | conditions(headers.get(GRPC_ON));
        int[] codes = base.codes();
        if (headers.contains(CODES)) {
            codes = IntStream.concat(Arrays.stream(codes), numbers(headers.get(CODES)))
                    .sorted()
                    .toArray();
        }
        int most = numbers(headers.get(MOST)).findFirst().orElse(base.most());
        headers.remove(ON);
        headers.remove(GRPC_ON);
        headers.remove(MOST);
        headers.remove(CODES);
        return new RetryRules(Math.min(most, MOST_MAX), on, codes, base.backoffMillis());
    }

    private static int conditions(@Nullable String list) {
        int on = 0;
        if (list != null) {
            for (String name : list.split(",", -1)) {
                on |= condition(name.trim());
            }
        }
        return on;
    }

    private static int condition(String name) {
        return switch (name) {
            case "5xx" -> RetryRules.SERVER_ERROR | RetryRules.UNDELIVERED | RetryRules.RESET | RetryRules.TIMEOUT;
            case "gateway-error" ->
                RetryRules.GATEWAY_ERROR | RetryRules.UNDELIVERED | RetryRules.RESET | RetryRules.TIMEOUT;
            case "reset" -> RetryRules.UNDELIVERED | RetryRules.RESET | RetryRules.TIMEOUT;
            case "connect-failure", "refused-stream", "reset-before-request" -> RetryRules.UNDELIVERED;
            case "retriable-4xx" -> RetryRules.CONFLICT;
            case "cancelled" -> RetryRules.GRPC_CANCELLED;
            case "deadline-exceeded" -> RetryRules.GRPC_DEADLINE_EXCEEDED;
            case "internal" -> RetryRules.GRPC_INTERNAL;
            case "resource-exhausted" -> RetryRules.GRPC_RESOURCE_EXHAUSTED;
            case "unavailable" -> RetryRules.GRPC_UNAVAILABLE;
            default -> 0;
        };
    }

    private static IntStream numbers(@Nullable String list) {
        return list == null
                ? IntStream.empty()
                : Arrays.stream(list.split(",", -1))
                        .map(String::trim)
                        .filter(text -> !text.isEmpty()
                                && text.length() <= 3
                                && text.chars().allMatch(c -> c >= '0' && c <= '9'))
                        .mapToInt(Integer::parseInt);
    }
}
