package io.periplus.waypoint.upstream.balance;

/** An endpoint as the algorithms see it. */
public interface Candidate {
    /** Its share relative to the others, at least 1; does not change. */
    long weight();

    /** Requests and connections in progress. */
    int active();

    /** Stable across processes and restarts: what consistent hashing places it by. */
    String hashName();

    /** How much of its share it takes now, in (0, 1]; less than 1 while it warms up. */
    default double warmth() {
        return 1;
    }
}
