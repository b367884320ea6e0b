package io.periplus.waypoint.route;

/**
 * How long requests may take.
 *
 * @param requestNanos with all attempts; 0 for no limit
 * @param attemptNanos of each attempt; 0 for no limit
 */
public record Timeouts(long requestNanos, long attemptNanos) {
    /** No limits: streams live as long as both sides want. */
    public static final Timeouts NONE = new Timeouts(0, 0);
}
