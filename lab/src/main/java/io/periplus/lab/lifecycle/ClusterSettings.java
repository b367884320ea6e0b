package io.periplus.lab.lifecycle;

import java.util.List;

/**
 * One of a lab's clusters.
 *
 * @param name as in the kubeconfig
 * @param number 1 or 2; address ranges follow from it
 * @param apiPort of the API server on the host's loopback
 * @param hostName what its cgroups and network namespaces on this machine are named after: unique among labs
 * @param nodes how many; 0, as a lab kept it that knew of one only, is 1
 */
public record ClusterSettings(String name, int number, int apiPort, String hostName, int nodes) {
    public ClusterSettings {
        nodes = Math.max(1, nodes);
    }

    static final List<String> NAMES = List.of("cluster1", "cluster2");

    public String apiServerUrl() {
        return "https://127.0.0.1:" + apiPort;
    }
}
