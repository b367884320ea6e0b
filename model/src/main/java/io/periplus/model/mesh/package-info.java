/** The mesh configuration, as far as it concerns the mesh, and what follows from it. */
@NullMarked
package io.periplus.model.mesh;

import org.jspecify.annotations.NullMarked;
