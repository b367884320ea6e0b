/**
 * Finds what matches a request in time that does not grow with the number of entries: hosts and paths by hash, the few
 * conditions that remain one by one, regular expressions last.
 */
@NullMarked
package io.periplus.waypoint.route.match;

import org.jspecify.annotations.NullMarked;
