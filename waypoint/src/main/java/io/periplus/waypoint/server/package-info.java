/** The client's side of HTTP: one file per version, each turning a connection's bytes into exchanges. */
@NullMarked
package io.periplus.waypoint.server;

import org.jspecify.annotations.NullMarked;
