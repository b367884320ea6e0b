/** Token buckets of one process: exact whoever takes from them at the same time, bounded in number. */
@NullMarked
package io.periplus.waypoint.limit.bucket;

import org.jspecify.annotations.NullMarked;
