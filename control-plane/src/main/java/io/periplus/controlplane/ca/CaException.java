package io.periplus.controlplane.ca;

import org.jspecify.annotations.Nullable;

/** The certificate authority cannot do what it was asked to do; the message is for the operator or the caller. */
public final class CaException extends Exception {
    /** Whose fault it is. */
    public enum Fault {
        /** The request's. */
        REQUEST,
        /** The authority's own. */
        AUTHORITY
    }

    private final Fault fault;

    CaException(String message) {
        this(Fault.AUTHORITY, message, null);
    }

    CaException(String message, Throwable cause) {
        this(Fault.AUTHORITY, message, cause);
    }

    CaException(Fault fault, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.fault = fault;
    }

    /** Whose fault it is. */
    public Fault fault() {
        return fault;
    }
}
