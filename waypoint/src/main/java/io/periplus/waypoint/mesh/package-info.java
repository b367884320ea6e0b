/** What the waypoint knows of the mesh: the destinations it fronts and the snapshot that one request is decided with. */
@NullMarked
package io.periplus.waypoint.mesh;

import org.jspecify.annotations.NullMarked;
