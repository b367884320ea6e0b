/**
 * The front at the edge: ports as the listeners of a Gateway say, TLS with server names and client certificates, and what
 * a request from outside may and may not bring along. Behind it everything is as in a waypoint.
 *
 * <pre>
 * Edge: which ports -> EdgePort: sockets, one per event loop -> PortPlan: what a port does with a connection
 *    HTTP                -> HttpPaths
 *    TLS, by server name -> terminated -> HttpPaths or bytes
 *                        -> passed through as bytes
 *    TCP                 -> bytes
 * </pre>
 */
@NullMarked
package io.periplus.waypoint.edge;

import org.jspecify.annotations.NullMarked;
