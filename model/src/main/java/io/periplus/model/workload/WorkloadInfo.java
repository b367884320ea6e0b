package io.periplus.model.workload;

import io.periplus.wire.workload.Workload;

/**
 * A workload of the index.
 *
 * @param forZtunnel  names the policies as shaped for the destination's ztunnel
 * @param forWaypoint names the user's own policies; the same object when there is no difference
 */
public record WorkloadInfo(String uid, Workload forZtunnel, Workload forWaypoint) {}
