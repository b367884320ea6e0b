/**
 * The endpoint's side: which endpoint takes a request, the connections to it and the HTTP spoken on them. Everything here
 * belongs to one event loop, so nothing is shared between the loops and nothing is locked.
 */
@NullMarked
package io.periplus.waypoint.upstream;

import org.jspecify.annotations.NullMarked;
