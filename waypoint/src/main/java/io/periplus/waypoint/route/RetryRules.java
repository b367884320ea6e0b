package io.periplus.waypoint.route;

import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/**
 * After which failures another attempt is made.
 *
 * @param most attempts after the first
 * @param on set of the constants of this class
 * @param codes statuses, in ascending order
 * @param backoffMillis the least pause before the first of them; 0 for the pauses of the balancer
 */
public record RetryRules(int most, int on, int[] codes, long backoffMillis) {
    /** The endpoint could not be reached, or it refused the request unseen. */
    public static final int UNDELIVERED = 1;
    /** The connection ended or was reset before the answer began. */
    public static final int RESET = 1 << 1;
    /** An attempt took longer than it may. */
    public static final int TIMEOUT = 1 << 2;
    /** Any status of 500 and above. */
    public static final int SERVER_ERROR = 1 << 3;
    /** 502, 503 and 504. */
    public static final int GATEWAY_ERROR = 1 << 4;
    /** 409. */
    public static final int CONFLICT = 1 << 5;
    /** The status of gRPC {@code n} is bit {@code GRPC + n}. */
    public static final int GRPC = 8;

    public static final int GRPC_CANCELLED = 1 << GRPC + 1;
    public static final int GRPC_DEADLINE_EXCEEDED = 1 << GRPC + 4;
    public static final int GRPC_RESOURCE_EXHAUSTED = 1 << GRPC + 8;
    public static final int GRPC_INTERNAL = 1 << GRPC + 13;
    public static final int GRPC_UNAVAILABLE = 1 << GRPC + 14;

    /** Without a word from anyone: what cannot have reached the application, and what gRPC services call transient. */
    public static final RetryRules DEFAULT =
            new RetryRules(2, UNDELIVERED | GRPC_CANCELLED | GRPC_UNAVAILABLE, new int[0], 0);

    /** Pauses grow up to so many times the first. */
    private static final int BACKOFF_GROWTH_MAX = 10;

    private static final int GRPC_STATUS_MAX = 16;

    /** Whether one of these kinds of failure is to be tried again. */
    public boolean retries(int kinds) {
        return (on & kinds) != 0;
    }

    /** Whether an answer with this status is to be tried again. */
    public boolean retriesStatus(int status) {
        return status >= 500 && (on & SERVER_ERROR) != 0
                || status >= 502 && status <= 504 && (on & GATEWAY_ERROR) != 0
                || status == 409 && (on & CONFLICT) != 0
                || Arrays.binarySearch(codes, status) >= 0;
    }

    /** Whether a gRPC answer that is only a head with this status is to be tried again. */
    public boolean retriesGrpc(int status) {
        return status >= 0 && status <= GRPC_STATUS_MAX && (on & 1 << GRPC + status) != 0;
    }

    /** The pause before an attempt: doubles from one to the next, and varies upwards so that clients do not meet again. */
    public long pauseMillis(int retry) {
        long least = backoffMillis * Math.min(1L << Math.min(retry - 1, 8), BACKOFF_GROWTH_MAX);
        return least + ThreadLocalRandom.current().nextLong(least / 2 + 1);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RetryRules that
                && most == that.most
                && on == that.on
                && backoffMillis == that.backoffMillis
                && Arrays.equals(codes, that.codes);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * most + on) + Arrays.hashCode(codes);
    }
}
