package io.periplus.dataplane.http;

import io.netty.handler.codec.http.HttpHeaders;

/**
 * A response without its body, the same for HTTP/1.1 and HTTP/2.
 *
 * @param status the status code, 100 to 999
 * @param headers every field, without pseudo fields; edited on the way
 */
public record ResponseHead(int status, HttpHeaders headers) {
    /** A head without fields. */
    public static ResponseHead of(int status) {
        return new ResponseHead(status, new HttpFields());
    }

    /** Whether this is an interim response (RFC 9110 §15.2). */
    public boolean informational() {
        return status < 200;
    }

    /** Whether a response with this status never has content (RFC 9110 §6.4.1). */
    public boolean bodyless() {
        return status < 200 || status == 204 || status == 304;
    }
}
