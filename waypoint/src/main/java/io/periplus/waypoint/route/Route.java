package io.periplus.waypoint.route;

import io.periplus.waypoint.mesh.Destination;

/**
 * The outcome of routing a request.
 *
 * @param name as access logs show it
 * @param backend whose endpoints take the request
 */
public record Route(String name, Destination backend) {}
