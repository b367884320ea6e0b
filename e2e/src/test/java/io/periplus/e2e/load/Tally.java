package io.periplus.e2e.load;

import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What became of the requests of one kind. Any thread. */
public final class Tally {
    /** Failures that are kept with their time; all are counted. */
    private static final int EXAMPLES_MAX = 20;

    private static final int SLOWEST_MILLIS = 20_000;

    private final String kind;
    private final int[] latencies = new int[SLOWEST_MILLIS + 1];
    private final Map<String, Integer> failures = new TreeMap<>();
    private final List<String> examples = new ArrayList<>();
    private int answered;
    private int repeated;
    private int unsent;

    Tally(String kind) {
        this.kind = kind;
    }

    synchronized void answered(Duration after) {
        answered++;
        latencies[(int) Math.min(after.toMillis(), SLOWEST_MILLIS)]++;
    }

    /**
     * A kept connection had been ended by the server when a request was sent on it. Every HTTP client then repeats the
     * request on a new connection (RFC 9112, 9.3.1), so this is no failure yet.
     */
    synchronized void repeated() {
        repeated++;
    }

    /** The generator itself was too late for a request: no word about the mesh. */
    synchronized void unsent(int requests) {
        unsent += requests;
    }

    synchronized void failed(String cause, Duration after) {
        failures.merge(cause, 1, Integer::sum);
        if (examples.size() < EXAMPLES_MAX) {
            examples.add("%s %s after %d ms".formatted(LocalTime.now(), cause, after.toMillis()));
        }
    }

    /** Requests that a user would have seen fail, by cause. */
    public synchronized Map<String, Integer> failures() {
        return Map.copyOf(failures);
    }

    /** Requests that were answered. */
    public synchronized int answered() {
        return answered;
    }

    private int percentile(double share) {
        long wanted = (long) Math.ceil(answered * share);
        long seen = 0;
        for (int millis = 0; millis <= SLOWEST_MILLIS; millis++) {
            seen += latencies[millis];
            if (seen >= wanted) {
                return millis;
            }
        }
        return SLOWEST_MILLIS;
    }

    @Override
    public synchronized String toString() {
        return String.format(
                        Locale.ROOT,
                        "%s: %d answered, %d failed, %d repeated by the client, %d not sent in time;"
                                + " p50 %d ms, p99 %d ms, max %d ms",
                        kind,
                        answered,
                        failures.values().stream().mapToInt(Integer::intValue).sum(),
                        repeated,
                        unsent,
                        percentile(0.5),
                        percentile(0.99),
                        percentile(1))
                + (failures.isEmpty() ? "" : "\n  " + failures + "\n  " + String.join("\n  ", examples));
    }
}
