/** Tests of what belongs to one event loop, without sockets. */
@NullMarked
package io.periplus.waypoint.upstream;

import org.jspecify.annotations.NullMarked;
