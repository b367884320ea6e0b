package io.periplus.waypoint.exchange;

import io.netty.util.AsciiString;

/** Names of fields by which proxies tell each other and applications of clients. */
public final class FieldNames {
    /** The request, under one name at all proxies that it passes. */
    public static final AsciiString REQUEST_ID = AsciiString.cached("x-request-id");

    /** The addresses of the client and of the proxies after it, each added by the proxy next to it. */
    public static final AsciiString FORWARDED_FOR = AsciiString.cached("x-forwarded-for");

    /** The scheme that the client used. */
    public static final AsciiString FORWARDED_PROTO = AsciiString.cached("x-forwarded-proto");

    /** The client's certificate. */
    public static final AsciiString FORWARDED_CLIENT_CERT = AsciiString.cached("x-forwarded-client-cert");

    /** The client as a gateway at the edge found it out; the gateway removes what clients say under this name. */
    public static final AsciiString EXTERNAL_ADDRESS = AsciiString.cached("x-envoy-external-address");

    private FieldNames() {}
}
