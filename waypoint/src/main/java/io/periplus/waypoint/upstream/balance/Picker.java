package io.periplus.waypoint.upstream.balance;

/** Chooses one of a fixed set of candidates. */
public interface Picker<C extends Candidate> {
    /** A candidate; one that was tried in vain only if nothing better turned up. */
    C pick(Pick pick);

    /** Like {@link #pick}, and takes nobody's turn: what is picked later is as if nobody had looked. */
    default C look(Pick pick) {
        return pick(pick);
    }
}
