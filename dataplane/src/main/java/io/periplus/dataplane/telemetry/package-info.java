/** Metrics with Prometheus text exposition, and the access log. */
@NullMarked
package io.periplus.dataplane.telemetry;

import org.jspecify.annotations.NullMarked;
