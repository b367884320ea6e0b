package io.periplus.lab.store;

/** A request the API refuses, as the {@code Status} object that clients see. */
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int code;
    private final String reason;

    /**
     * @param code HTTP status
     * @param reason machine-readable, as in {@code metav1.StatusReason}: NotFound, AlreadyExists, Conflict, Invalid, …
     */
    public ApiException(int code, String reason, String message) {
        super(message);
        this.code = code;
        this.reason = reason;
    }

    public int code() {
        return code;
    }

    public String reason() {
        return reason;
    }
}
