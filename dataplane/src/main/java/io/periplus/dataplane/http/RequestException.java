package io.periplus.dataplane.http;

/** A request that cannot be served as it stands. */
public final class RequestException extends RuntimeException {
    private final RequestError error;

    public RequestException(RequestError error) {
        super(error.details(), null, false, false);
        this.error = error;
    }

    public RequestError error() {
        return error;
    }
}
