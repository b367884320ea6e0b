package io.periplus.ztunnel.dns;

/** What a client's message turned out to be. */
sealed interface Received permits DnsQuery, Received.Bad, Received.Noise {
    /**
     * A query that cannot be followed, but answered.
     *
     * @param code RCODE of the answer
     */
    record Bad(int id, int flags, int code) implements Received {}

    /** Nothing that may be answered: too short, or a response, which would make two servers talk forever. */
    record Noise() implements Received {}
}
