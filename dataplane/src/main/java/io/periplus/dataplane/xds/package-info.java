/** The delta xDS client: one aggregated stream, resources applied in a fixed order, kept across reconnects. */
@NullMarked
package io.periplus.dataplane.xds;

import org.jspecify.annotations.NullMarked;
