@NullMarked
package io.periplus.waypoint.limit.remote;

import org.jspecify.annotations.NullMarked;
