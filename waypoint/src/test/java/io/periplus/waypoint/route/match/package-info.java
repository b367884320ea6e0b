@NullMarked
package io.periplus.waypoint.route.match;

import org.jspecify.annotations.NullMarked;
