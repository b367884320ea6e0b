package io.periplus.waypoint.exchange;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import io.periplus.waypoint.route.Timeouts;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What clients say themselves about the time that their requests may take, merged with what the route says.
 *
 * @param timeouts of the request
 * @param deadline whether the request's limit is the deadline of a gRPC client, which is shorter than what the route allows
 * @param hedges whether an attempt that takes longer than it may goes on beside the next one
 */
record ClientLimits(Timeouts timeouts, boolean deadline, boolean hedges) {
    private static final AsciiString REQUEST_MS = AsciiString.cached("x-envoy-upstream-rq-timeout-ms");
    private static final AsciiString ATTEMPT_MS = AsciiString.cached("x-envoy-upstream-rq-per-try-timeout-ms");
    private static final AsciiString EXPECTED_MS = AsciiString.cached("x-envoy-expected-rq-timeout-ms");
    private static final AsciiString HEDGE = AsciiString.cached("x-envoy-hedge-on-per-try-timeout");
    private static final AsciiString GRPC_TIMEOUT = AsciiString.cached("grpc-timeout");

    /** The protocol of gRPC allows eight digits. */
    private static final int DIGITS_MAX = 8;

    static final ClientLimits NONE = new ClientLimits(Timeouts.NONE, false, false);

    /** The limits of one request; fields that were meant for this proxy are removed, and the endpoint is told. */
    static ClientLimits merge(Timeouts route, HttpHeaders headers, boolean grpc) {
        long request = route.requestNanos();
        long attempt = route.attemptNanos();
        boolean deadline = false;
        if (grpc) {
            long asked = grpcTimeout(headers.get(GRPC_TIMEOUT));
            deadline = asked != 0 && (request == 0 || asked <= request);
            request = deadline ? asked : request;
        }
        if (headers.contains(REQUEST_MS)) {
            deadline = false;
            request = millis(headers.get(REQUEST_MS), request);
            headers.remove(REQUEST_MS);
        }
        if (headers.contains(ATTEMPT_MS)) {
            attempt = millis(headers.get(ATTEMPT_MS), attempt);
            headers.remove(ATTEMPT_MS);
        }
        boolean hedges = headers.contains(HEDGE) && "true".equalsIgnoreCase(headers.get(HEDGE));
        headers.remove(HEDGE);
        if (attempt >= request && request != 0) {
            attempt = 0;
        }
        long expected = attempt == 0 ? request : attempt;
        if (expected != 0) {
            headers.set(EXPECTED_MS, Long.toString(TimeUnit.NANOSECONDS.toMillis(expected)));
        }
        return new ClientLimits(
                request == route.requestNanos() && attempt == route.attemptNanos()
                        ? route
                        : new Timeouts(request, attempt),
                deadline,
                hedges);
    }

    private static long millis(@Nullable String text, long otherwise) {
        long number = number(text, text == null ? 0 : text.length());
        return number < 0 ? otherwise : TimeUnit.MILLISECONDS.toNanos(number);
    }

    /** {@code <digits><unit>} of gRPC's HTTP/2 protocol; 0 when there is none or it cannot be read. */
    private static long grpcTimeout(@Nullable String text) {
        if (text == null || text.length() < 2) {
            return 0;
        }
        int end = text.length() - 1;
        long number = Math.max(0, number(text, end));
        return switch (text.charAt(end)) {
            case 'H' -> TimeUnit.HOURS.toNanos(number);
            case 'M' -> TimeUnit.MINUTES.toNanos(number);
            case 'S' -> TimeUnit.SECONDS.toNanos(number);
            case 'm' -> TimeUnit.MILLISECONDS.toNanos(number);
            case 'u' -> TimeUnit.MICROSECONDS.toNanos(number);
            case 'n' -> number;
            default -> 0;
        };
    }

    private static long number(@Nullable String text, int end) {
        if (text == null || end == 0 || end > DIGITS_MAX) {
            return -1;
        }
        long number = 0;
        for (int i = 0; i < end; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = number * 10 + digit;
        }
        return number;
    }
}
