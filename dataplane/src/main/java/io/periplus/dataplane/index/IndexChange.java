package io.periplus.dataplane.index;

import io.periplus.wire.workload.Workload;
import java.util.Collection;
import java.util.List;

/**
 * What one push changed.
 *
 * @param workloads added or changed, as they are now
 * @param removedWorkloads as they were
 * @param answered names that were asked for, and are answered with this
 */
public record IndexChange(
        WorkloadIndex before,
        WorkloadIndex after,
        List<Workload> workloads,
        List<Workload> removedWorkloads,
        Collection<String> answered) {}
