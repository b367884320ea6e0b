package io.periplus.waypoint.upstream;

import io.periplus.wire.workload.Workload;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How many labels of an ordered list an endpoint has in common with the proxy before the first that differs. Of the labels,
 * those that say where a workload runs are known here.
 */
final class FailoverPriority {
    private FailoverPriority() {}

    /** @param labels names, or {@code name=value} where the value is what the endpoint has to have */
    static int matches(List<String> labels, Workload client, Workload endpoint) {
        int matches = 0;
        for (String label : labels) {
            int equals = label.indexOf('=');
            String name = equals < 0 ? label : label.substring(0, equals);
            String wanted = equals < 0 ? valueOf(name, client) : label.substring(equals + 1);
            if (wanted == null || !wanted.equals(valueOf(name, endpoint))) {
                break;
            }
            matches++;
        }
        return matches;
    }

    private static @Nullable String valueOf(String label, Workload workload) {
        return switch (label) {
            case "topology.kubernetes.io/region" -> workload.getLocality().getRegion();
            case "topology.kubernetes.io/zone" -> workload.getLocality().getZone();
            case "topology.istio.io/subzone" -> workload.getLocality().getSubzone();
            case "kubernetes.io/hostname" -> workload.getNode();
            case "topology.istio.io/network" -> workload.getNetwork();
            case "topology.istio.io/cluster" -> workload.getClusterId();
            default -> null;
        };
    }
}
