package io.periplus.waypoint.route;

/** Why there is no route. */
public enum NoRoute implements Routing {
    /** Routes exist for the destination and none matches: 404 for HTTP, UNIMPLEMENTED for gRPC, a reset for bytes. */
    NOT_FOUND,
    /** The request's host belongs to another listener than the one that TLS was opened for: 421 (RFC 9110 §15.5.20). */
    MISDIRECTED
}
