/**
 * An embedded Kubernetes for one Linux machine. Stands apart: knows nothing of the mesh, and the mesh knows nothing of
 * it; both meet only at the Kubernetes API and at Linux.
 */
@NullMarked
package io.periplus.lab;

import org.jspecify.annotations.NullMarked;
