package io.periplus.waypoint.upstream.balance;

/** Chooses one of a fixed set of candidates. */
public interface Picker<C extends Candidate> {
    /** A candidate; one that was tried in vain only if nothing better turned up. */
    C pick(Pick pick);
}
