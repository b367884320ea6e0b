/** Delta xDS: what each client subscribed to, and what it is sent. */
@NullMarked
package io.periplus.controlplane.xds;

import org.jspecify.annotations.NullMarked;
