package io.periplus.cli.kube;

import java.io.IOException;

/** The API server's refusal: a {@code Status} object, or an answer that is none. */
public final class KubeException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int code;
    private final String reason;

    KubeException(int code, String reason, String message) {
        super(message);
        this.code = code;
        this.reason = reason;
    }

    /** The HTTP status. */
    public int code() {
        return code;
    }

    /** For example {@code NotFound} or {@code Conflict}; empty if the server gave none. */
    public String reason() {
        return reason;
    }

    /** Whether the object, or its whole kind, does not exist. */
    public boolean isNotFound() {
        return code == 404;
    }

    /** Whether another writer, or another field manager, was there first. */
    public boolean isConflict() {
        return code == 409;
    }
}
