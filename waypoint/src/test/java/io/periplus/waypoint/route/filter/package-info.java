@NullMarked
package io.periplus.waypoint.route.filter;

import org.jspecify.annotations.NullMarked;
