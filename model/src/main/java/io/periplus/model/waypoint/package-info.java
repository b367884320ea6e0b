/** Which objects use which waypoint, and which gateways are waypoints. */
@NullMarked
package io.periplus.model.waypoint;

import org.jspecify.annotations.NullMarked;
