@NullMarked
package io.periplus.waypoint.limit.bucket;

import org.jspecify.annotations.NullMarked;
