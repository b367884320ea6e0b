package io.periplus.dataplane.index;

import io.periplus.wire.workload.Workload;
import java.util.List;

/**
 * What one push changed.
 *
 * @param workloads added or changed, as they are now
 * @param removedWorkloads as they were
 */
public record IndexChange(
        WorkloadIndex before, WorkloadIndex after, List<Workload> workloads, List<Workload> removedWorkloads) {}
