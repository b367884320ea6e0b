@NullMarked
package io.periplus.waypoint.route;

import org.jspecify.annotations.NullMarked;
