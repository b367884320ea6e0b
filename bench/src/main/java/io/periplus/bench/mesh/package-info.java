/**
 * A mesh of real processes in network namespaces: two nodes with a ztunnel each, a waypoint, a client and a server, and a
 * control plane that says what never changes.
 */
@NullMarked
package io.periplus.bench.mesh;

import org.jspecify.annotations.NullMarked;
