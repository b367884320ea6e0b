package io.periplus.controlplane.mesh;

import io.periplus.model.mesh.MeshConfig;
import java.util.List;

/**
 * A mesh configuration that was read.
 *
 * @param findings what in it has no effect, and why
 */
record Reading(MeshConfig config, List<String> findings) {}
