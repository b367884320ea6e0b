/** The plain HTTP side: readiness, metrics, debug pages. */
@NullMarked
package io.periplus.controlplane.http;

import org.jspecify.annotations.NullMarked;
