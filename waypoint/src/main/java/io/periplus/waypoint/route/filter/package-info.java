/** What routes do to the heads of requests and answers: pure edits, compiled once, without state. */
@NullMarked
package io.periplus.waypoint.route.filter;

import org.jspecify.annotations.NullMarked;
