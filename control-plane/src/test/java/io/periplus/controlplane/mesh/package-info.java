@NullMarked
package io.periplus.controlplane.mesh;

import org.jspecify.annotations.NullMarked;
