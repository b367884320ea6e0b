/** Which backend a request goes to, before an endpoint of it is chosen. */
@NullMarked
package io.periplus.waypoint.route;

import org.jspecify.annotations.NullMarked;
