package io.periplus.waypoint.mesh;

import io.periplus.dataplane.index.WorkloadIndex;
import io.periplus.dataplane.policy.PolicySet;

/** What one request is decided with, from beginning to end. */
public record MeshSnapshot(WorkloadIndex index, PolicySet policies) {}
