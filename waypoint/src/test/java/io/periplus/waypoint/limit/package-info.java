@NullMarked
package io.periplus.waypoint.limit;

import org.jspecify.annotations.NullMarked;
