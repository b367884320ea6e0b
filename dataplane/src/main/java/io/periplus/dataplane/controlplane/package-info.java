/** How a proxy reaches its control plane: TLS to the mesh's own root, a token that is read anew for each call. */
@NullMarked
package io.periplus.dataplane.controlplane;

import org.jspecify.annotations.NullMarked;
