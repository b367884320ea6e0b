/** The ambient index in the proxy: immutable snapshots of workloads and services, and the choice of an endpoint. */
@NullMarked
package io.periplus.dataplane.index;

import org.jspecify.annotations.NullMarked;
