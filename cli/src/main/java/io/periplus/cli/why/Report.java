package io.periplus.cli.why;

import io.periplus.api.why.Answer;
import io.periplus.api.why.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The whole way, as {@code -o json} shows it.
 *
 * @param reason one sentence: what decided
 * @param decidedBy what to look at, null when nothing speaks against the traffic
 * @param decidedAt the proxy that decided, null if none was asked
 * @param what the request or connection in a line
 * @param stops in the order of the way
 * @param advice what to change for the opposite answer
 */
record Report(
        Verdict verdict,
        String reason,
        @Nullable String decidedBy,
        @Nullable String decidedAt,
        String what,
        List<Stop> stops,
        List<String> advice) {
    /**
     * One proxy on the way.
     *
     * @param title what it does here
     * @param context what the Kubernetes objects say about it
     */
    record Stop(String title, List<String> context, Answer answer) {}
}
