package io.periplus.waypoint.route;

/** A backend with its share of a rule's traffic. */
public record WeightedBackend(RouteBackend backend, int weight) {}
