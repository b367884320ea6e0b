/** {@code periplus tour}: sets up two clusters with the mesh and walks through a waypoint, with the commands a user would type. */
@NullMarked
package io.periplus.distribution.tour;

import org.jspecify.annotations.NullMarked;
