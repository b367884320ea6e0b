package io.periplus.lab.lifecycle;

import java.util.List;

/**
 * A lab at one moment, as {@code lab status -o json} prints it.
 *
 * @param pid of the lab process
 * @param startedAt RFC 3339
 * @param kubeconfig path of the file with both contexts
 * @param memory resident memory
 */
public record LabStatus(
        State state,
        String message,
        long pid,
        String startedAt,
        String kubeconfig,
        Memory memory,
        List<Cluster> clusters) {
    public LabStatus {
        clusters = List.copyOf(clusters);
    }

    /** What a lab, or one of its clusters, is doing. */
    public enum State {
        STARTING,
        READY,
        STOPPING,
        FAILED
    }

    /**
     * Resident memory in bytes; pages that processes share are counted once (PSS).
     *
     * @param lab the lab process: API servers, controllers, nodes
     * @param pods all processes of all pods
     */
    public record Memory(long lab, long pods) {}

    /**
     * @param message the step that is under way, or what failed
     * @param apiServer URL on the host's loopback
     * @param loadBalancers addresses of Services of type LoadBalancer, on the host's loopback; empty before the cluster starts
     */
    public record Cluster(
            String name,
            State state,
            String message,
            String apiServer,
            String loadBalancers,
            List<Node> nodes,
            int podsReady,
            int pods) {
        public Cluster {
            nodes = List.copyOf(nodes);
        }
    }

    /** What a node does, whatever its cluster knows of it by now. */
    public enum Power {
        ON,
        OFF,
        /** On, and cut off from the other nodes. */
        ISOLATED
    }

    /**
     * @param ready what the cluster believes
     * @param power what is so
     * @param networkNamespace as {@code ip netns} shows it, for a look at the traffic: {@code ip netns exec … tcpdump}
     */
    public record Node(String name, String address, boolean ready, Power power, String networkNamespace) {}
}
