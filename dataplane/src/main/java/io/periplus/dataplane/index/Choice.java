package io.periplus.dataplane.index;

/** The outcome of choosing where to connect. */
public sealed interface Choice {
    /** Connect there. */
    record Chosen(Upstream upstream) implements Choice {}

    /** Refuse the connection. {@code reason} is written for the access log. */
    record Refused(String reason) implements Choice {}

    /** The mesh knows nothing of this destination, or leaves it alone: connect to the original address, in clear. */
    record Passthrough() implements Choice {}
}
