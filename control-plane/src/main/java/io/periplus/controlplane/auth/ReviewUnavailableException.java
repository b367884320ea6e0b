package io.periplus.controlplane.auth;

/** A token could be neither accepted nor refused, because the reviewer did not answer. */
public final class ReviewUnavailableException extends Exception {
    public ReviewUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
