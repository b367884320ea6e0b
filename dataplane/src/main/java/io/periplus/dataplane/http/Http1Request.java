package io.periplus.dataplane.http;

/**
 * What the head of an HTTP/1.x request says.
 *
 * @param http10 whether it is of version 1.0
 * @param hasBody whether content follows
 * @param keepAlive whether another request may follow on the connection (RFC 9112 §9.3)
 * @param expectsContinue whether the client waits for an interim answer before it sends content (RFC 9110 §10.1.1)
 */
public record Http1Request(
        RequestHead head, boolean http10, boolean hasBody, boolean keepAlive, boolean expectsContinue) {}
