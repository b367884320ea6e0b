/** TLS to applications, where they want it themselves: inside the tunnel of the mesh, or outside the mesh. */
@NullMarked
package io.periplus.waypoint.upstream.tls;

import org.jspecify.annotations.NullMarked;
