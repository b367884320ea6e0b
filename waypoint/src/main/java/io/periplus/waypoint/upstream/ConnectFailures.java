package io.periplus.waypoint.upstream;

import io.netty.channel.ConnectTimeoutException;
import io.periplus.waypoint.exchange.ResetReason;
import java.util.concurrent.TimeoutException;

/** Reads what went wrong from a failed connect. */
final class ConnectFailures {
    private ConnectFailures() {}

    static ResetReason reasonOf(Throwable cause) {
        return cause instanceof ConnectTimeoutException || cause instanceof TimeoutException
                ? ResetReason.CONNECTION_TIMEOUT
                : ResetReason.CONNECTION_FAILURE;
    }

    static String textOf(Throwable cause) {
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }
}
