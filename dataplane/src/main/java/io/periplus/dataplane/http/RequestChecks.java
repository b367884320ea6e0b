package io.periplus.dataplane.http;

/** What a request of either version must be before anything is decided about it. */
public final class RequestChecks {
    private RequestChecks() {}

    /**
     * Checks what both versions share, and normalises the path.
     *
     * @param paths how
     * @throws RequestException if the request cannot be served as it stands
     */
    public static void common(RequestHead head, PathNormalization paths) {
        if (head.headers().size() > HttpLimits.HEADERS_MAX) {
            throw new RequestException(RequestError.TOO_MANY_HEADERS);
        }
        if (head.authority().isEmpty()) {
            throw new RequestException(RequestError.MISSING_HOST);
        }
        if (head.method().equals("CONNECT")) {
            throw new RequestException(RequestError.UPGRADE_REFUSED);
        }
        if (!FieldSyntax.isToken(head.method())) {
            throw new RequestException(RequestError.MALFORMED);
        }
        if (!AuthoritySyntax.isAuthority(head.authority())) {
            throw new RequestException(RequestError.BAD_HOST);
        }
        HopByHop.check(head.headers());
        String path = FieldSyntax.isVisible(head.path()) ? paths.normalize(head.path()) : null;
        if (path == null || path.equals("*") && !head.method().equals("OPTIONS")) {
            throw new RequestException(RequestError.BAD_PATH);
        }
        head.setPath(path);
    }
}
