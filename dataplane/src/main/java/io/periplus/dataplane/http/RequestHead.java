package io.periplus.dataplane.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;

/**
 * A request without its body, the same for HTTP/1.1 and HTTP/2. Belongs to one exchange on one event loop, which edits
 * it on its way through the proxy.
 */
public final class RequestHead {
    private final String method;
    private final String scheme;
    private final HttpHeaders headers;
    private String authority;
    private String path;

    /**
     * @param authority the {@code Host} field or the {@code :authority} pseudo field (RFC 9110 §7.2)
     * @param path the request target in origin form with its query, or {@code *}
     * @param headers every other field, without {@code Host} and without pseudo fields
     */
    public RequestHead(String method, String scheme, String authority, String path, HttpHeaders headers) {
        this.method = method;
        this.scheme = scheme;
        this.authority = authority;
        this.path = path;
        this.headers = headers;
    }

    public String method() {
        return method;
    }

    /** {@code http} or {@code https}. */
    public String scheme() {
        return scheme;
    }

    public String authority() {
        return authority;
    }

    /** The request target with its query. */
    public String path() {
        return path;
    }

    public HttpHeaders headers() {
        return headers;
    }

    /** The request target up to the query. */
    public String pathWithoutQuery() {
        int query = path.indexOf('?');
        return query < 0 ? path : path.substring(0, query);
    }

    /** Whether it is a call of gRPC, by its content type. */
    public boolean isGrpc() {
        String type = headers.get(HttpHeaderNames.CONTENT_TYPE);
        return type != null && (type.equals("application/grpc") || type.startsWith("application/grpc+"));
    }

    public void setPath(String path) {
        this.path = path;
    }

    public void setAuthority(String authority) {
        this.authority = authority;
    }

    @Override
    public String toString() {
        return method + " " + authority + path;
    }
}
