package io.periplus.waypoint.authn;

/** A token or a key that is not what it should be. Thrown for what strangers send, so it knows no stack. */
final class TokenException extends Exception {
    private static final long serialVersionUID = 1;

    private final TokenError error;

    TokenException(TokenError error) {
        super(error.text(), null, false, false);
        this.error = error;
    }

    TokenError error() {
        return error;
    }
}
