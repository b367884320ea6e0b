/** Reads the mesh configuration: the YAML under the key {@code mesh} of the ConfigMap {@code istio}. */
@NullMarked
package io.periplus.controlplane.mesh;

import org.jspecify.annotations.NullMarked;
