/** Backends that count for all proxies: Redis, and services that speak {@code envoy.service.ratelimit.v3}. */
@NullMarked
package io.periplus.waypoint.limit.remote;

import org.jspecify.annotations.NullMarked;
