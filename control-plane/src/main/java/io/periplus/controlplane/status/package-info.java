/** Writes conditions on Services and policies. */
@NullMarked
package io.periplus.controlplane.status;

import org.jspecify.annotations.NullMarked;
