/**
 * The algorithms that choose among the endpoints of a service. They know nothing of connections: a {@link
 * io.periplus.waypoint.upstream.balance.Candidate} is a weight, a load and a name. Confined to one event loop.
 */
@NullMarked
package io.periplus.waypoint.upstream.balance;

import org.jspecify.annotations.NullMarked;
