/** {@code POST /why}: what this proxy would do with a request or connection, told from a trial of it. */
@NullMarked
package io.periplus.waypoint.explain;

import org.jspecify.annotations.NullMarked;
