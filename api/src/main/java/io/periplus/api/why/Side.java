package io.periplus.api.why;

/** Which part of its work a proxy is asked about. */
public enum Side {
    /** ztunnel: where a connection of one of its pods goes. */
    SOURCE,
    /** ztunnel: what becomes of a connection to one of its pods. */
    DESTINATION,
    /** A waypoint: what becomes of a request or connection that comes through its tunnel port. */
    WAYPOINT,
    /** A gateway: what becomes of a request or connection that comes to one of its listeners. */
    GATEWAY
}
