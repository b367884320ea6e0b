/** What is reported of an exchange: the access log and the metrics that users of Istio know. */
@NullMarked
package io.periplus.waypoint.telemetry;

import org.jspecify.annotations.NullMarked;
