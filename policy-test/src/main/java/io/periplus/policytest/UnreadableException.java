package io.periplus.policytest;

/** A file that cannot be understood; the message says which, where and why. */
final class UnreadableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnreadableException(String message) {
        super(message);
    }
}
