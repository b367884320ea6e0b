package io.periplus.waypoint.route;

/**
 * A backend with its share of a rule's traffic.
 *
 * @param filters for requests that it was chosen for
 */
public record WeightedBackend(RouteBackend backend, int weight, Filters filters) {}
