/** The control plane: istiod's role in one process, wired in {@link io.periplus.controlplane.ControlPlane}. */
@NullMarked
package io.periplus.controlplane;

import org.jspecify.annotations.NullMarked;
