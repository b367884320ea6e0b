package io.periplus.waypoint.route;

/** The outcome of routing a request or a connection. */
public sealed interface Routing permits Route, NoRoute {}
