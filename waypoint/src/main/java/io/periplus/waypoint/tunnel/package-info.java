/** From a client's CONNECT to the protocol spoken inside: what it leads to, what is spoken, and the path for bytes. */
@NullMarked
package io.periplus.waypoint.tunnel;

import org.jspecify.annotations.NullMarked;
