/** What policies for a service's connections say. */
@NullMarked
package io.periplus.waypoint.upstream.policy;

import org.jspecify.annotations.NullMarked;
