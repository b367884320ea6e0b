/**
 * Rate limits at the proxy: policies are compiled when they arrive, merged by the names of their limits for each place of a
 * request, and counted down by a gate after routing; here, or by a backend that counts for all proxies.
 */
@NullMarked
package io.periplus.waypoint.limit;

import org.jspecify.annotations.NullMarked;
