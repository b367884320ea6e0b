/** Tests of the package of the same name. */
@NullMarked
package io.periplus.waypoint.upstream.health;

import org.jspecify.annotations.NullMarked;
