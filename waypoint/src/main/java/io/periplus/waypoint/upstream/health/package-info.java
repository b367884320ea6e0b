/**
 * What the event loops have to agree on about a service: which endpoints are ejected, and how much is in progress. Safe for
 * use by all of them, without locks where requests pass.
 */
@NullMarked
package io.periplus.waypoint.upstream.health;

import org.jspecify.annotations.NullMarked;
