/** The waypoint with real sockets and real TLS on both sides, in one process. */
@NullMarked
package io.periplus.waypoint;

import org.jspecify.annotations.NullMarked;
