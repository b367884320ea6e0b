package io.periplus.dataplane.index;

/** A resource that cannot be used; the message names the field and what was expected. Its push is rejected for it. */
public final class InvalidResourceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InvalidResourceException(String message) {
        super(message);
    }
}
