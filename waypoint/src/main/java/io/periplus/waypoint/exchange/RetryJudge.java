package io.periplus.waypoint.exchange;

import io.netty.util.AsciiString;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.dataplane.http.ResponseHead;
import io.periplus.waypoint.route.RetryRules;

/** Says which failures of one request are worth another attempt: those that its rules speak of. */
final class RetryJudge {
    private static final AsciiString GRPC_STATUS = AsciiString.cached("grpc-status");

    private final RetryRules rules;
    private final boolean grpc;
    private final boolean idempotent;

    /** @param hasBody whether a request has something that an application may have begun to act on */
    RetryJudge(RetryRules rules, RequestHead head, boolean hasBody, boolean grpc) {
        this.rules = rules;
        this.grpc = grpc;
        this.idempotent = !hasBody && isIdempotent(head.method());
    }

    private static boolean isIdempotent(String method) {
        return switch (method) {
            case "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE" -> true;
            default -> false;
        };
    }

    RetryRules rules() {
        return rules;
    }

    /**
     * Whether a request without an answer is.
     *
     * @param reused whether the connection had served others: its end may then be older than the request, which is sent again
     *     where that is safe, whatever the rules say
     */
    boolean isWorthIt(ResetReason reason, boolean reused) {
        boolean stale = reused && reason == ResetReason.CONNECTION_TERMINATION && idempotent;
        return stale || rules.retries(kindOf(reason));
    }

    private static int kindOf(ResetReason reason) {
        if (reason.beforeDelivery()) {
            return RetryRules.UNDELIVERED;
        }
        return switch (reason) {
            case TIMEOUT -> RetryRules.TIMEOUT;
            case OVERFLOW -> 0;
            default -> RetryRules.RESET;
        };
    }

    /** Whether an answer is. */
    boolean isWorthIt(ResponseHead response) {
        if (rules.retriesStatus(response.status())) {
            return true;
        }
        String status = grpc ? response.headers().get(GRPC_STATUS) : null;
        return status != null && rules.retriesGrpc(number(status));
    }

    private static int number(String digits) {
        int number = digits.length() > 2 ? -1 : 0;
        for (int i = 0; i < digits.length() && number >= 0; i++) {
            int digit = digits.charAt(i) - '0';
            number = digit < 0 || digit > 9 ? -1 : number * 10 + digit;
        }
        return number;
    }
}
