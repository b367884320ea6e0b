package io.periplus.lab.lifecycle;

import io.periplus.lab.lifecycle.LabStatus.Node;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns what a cluster knows about itself into its part of the status. */
final class ClusterReport {
    private ClusterReport() {}

    /** @param cluster null before it has come to life */
    static LabStatus.Cluster of(ClusterSettings settings, Progress.Step step, @Nullable LabCluster cluster) {
        List<Node> nodes = cluster == null ? List.of() : cluster.nodes();
        LabCluster.PodCount pods = cluster == null ? new LabCluster.PodCount(0, 0) : cluster.pods();
        return new LabStatus.Cluster(
                settings.name(),
                step.state(),
                step.message(),
                settings.apiServerUrl(),
                cluster == null ? "" : cluster.loadBalancers().toString(),
                nodes,
                pods.ready(),
                pods.total());
    }
}
