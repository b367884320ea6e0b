/** Requests of the proxy's own to services of the mesh: through the same clusters as those of clients, whole in memory. */
@NullMarked
package io.periplus.waypoint.call;

import org.jspecify.annotations.NullMarked;
