package io.periplus.waypoint.route;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Reasons for another attempt as Envoy and Istio name them, in lists with commas. */
public final class RetryConditions {
    private RetryConditions() {}

    /** Constants of {@link RetryRules} for the names of a list; names that are not known mean nothing. */
    public static int of(@Nullable String list) {
        int on = 0;
        if (list != null) {
            for (String name : list.split(",", -1)) {
                on |= condition(name.trim());
            }
        }
        return on;
    }

    /** The statuses in a list, as they stand there. */
    public static IntStream statuses(@Nullable String list) {
        return list == null
                ? IntStream.empty()
                : Arrays.stream(list.split(",", -1))
                        .map(String::trim)
                        .filter(text -> !text.isEmpty()
                                && text.length() <= 3
                                && text.chars().allMatch(c -> c >= '0' && c <= '9'))
                        .mapToInt(Integer::parseInt);
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
}
