/** Backend policies of the control plane, compiled once per push into what the event loops read. Immutable. */
@NullMarked
package io.periplus.waypoint.upstream.policy;

import org.jspecify.annotations.NullMarked;
