/**
 * The L7 proxy of a mesh: takes clients' tunnels for the services it fronts, judges every request with the client's
 * identity, and sends it on to an endpoint. {@link io.periplus.waypoint.WaypointMain} is the process, {@link
 * io.periplus.waypoint.Waypoint} the data path alone.
 */
@NullMarked
package io.periplus.waypoint;

import org.jspecify.annotations.NullMarked;
