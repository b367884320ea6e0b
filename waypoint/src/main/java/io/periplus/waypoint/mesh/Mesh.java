package io.periplus.waypoint.mesh;

import io.periplus.dataplane.index.IndexStore;
import io.periplus.dataplane.policy.PolicyStore;

/** The newest knowledge of the mesh. */
public record Mesh(IndexStore index, PolicyStore policies) {
    /** Takes the index first: then the policies are never older than what its workloads name. */
    public MeshSnapshot snapshot() {
        var now = index.current();
        return new MeshSnapshot(now, policies.current());
    }
}
