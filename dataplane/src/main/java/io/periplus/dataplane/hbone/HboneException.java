package io.periplus.dataplane.hbone;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Why there is no tunnel, or why one ended: the step that failed, and towards whom. */
public final class HboneException extends IOException {
    private static final long serialVersionUID = 1L;

    /** The step that failed. */
    public enum Reason {
        /** TCP to the HBONE port. */
        CONNECT,
        /** TCP to the HBONE port took too long; often a NetworkPolicy that blocks it. */
        CONNECT_TIMEOUT,
        /** The TLS handshake, among others because the peer is not who it should be. */
        TLS,
        /** HTTP/2 after TLS. */
        HTTP2,
        /** The answer to CONNECT was not 200. */
        STATUS,
        /** No answer to CONNECT in time. */
        ANSWER_TIMEOUT,
        /** The connection ended. */
        CLOSED,
        /** The peer reset the stream. */
        RESET,
        /** A certificate of the peer was revoked. */
        REVOKED,
        /** A bound of this proxy was reached. */
        OVERLOAD
    }

    private final Reason reason;
    private final int status;

    HboneException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
        this.status = 0;
    }

    HboneException(int status, String message) {
        super(message);
        this.reason = Reason.STATUS;
        this.status = status;
    }

    /** The step that failed. */
    public Reason reason() {
        return reason;
    }

    /** The HTTP status of the answer; 0 unless {@link #reason()} is {@link Reason#STATUS}. */
    public int status() {
        return status;
    }
}
