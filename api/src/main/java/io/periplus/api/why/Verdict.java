package io.periplus.api.why;

/** What becomes of a request or connection. */
public enum Verdict {
    /** It passes. */
    ALLOWED,
    /** A policy refuses it. */
    DENIED,
    /** It does not arrive for another reason: no route, no endpoint, an unknown address. */
    FAILED,
    /** It depends on something that is not asked for an explanation, such as an external authorizer. */
    UNDECIDED;

    /** Whether the traffic goes on, as far as is known. */
    public boolean goesOn() {
        return this == ALLOWED || this == UNDECIDED;
    }
}
