/**
 * One request and its answer on their way through the waypoint. An exchange stands between a {@link
 * io.periplus.waypoint.exchange.ClientStream} and an {@link io.periplus.waypoint.exchange.UpstreamStream}, which hide the HTTP
 * version of either side; all three live on the event loop of the client's connection.
 */
@NullMarked
package io.periplus.waypoint.exchange;

import org.jspecify.annotations.NullMarked;
