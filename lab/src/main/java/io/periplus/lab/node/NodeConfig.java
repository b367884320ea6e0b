package io.periplus.lab.node;

import io.periplus.lab.node.net.Cidr;
import io.periplus.lab.node.net.ClusterNetwork;
import java.nio.file.Path;
import java.util.List;

/**
 * What a node is made from.
 *
 * @param cluster name of the cluster; names of namespaces and cgroups on this machine are derived from it
 * @param name name of the node within the cluster
 * @param stateDirectory the cluster's directory; the node keeps to {@code nodes/<name>} and reads {@code images}
 * @param address the node's own IPv4 address, outside of every {@code podCidr}
 * @param podCidr addresses of this node's pods; the first is the bridge's
 * @param serviceCidr cluster IPs
 * @param loadBalancerCidr addresses of services of type LoadBalancer
 * @param dnsAddress cluster IP of the {@code kube-dns} service, where the node's DNS server listens
 * @param clusterDomain usually {@code cluster.local}
 * @param apiServerPort where the API server listens, on the {@link io.periplus.lab.node.net.ClusterNetwork}'s address
 */
public record NodeConfig(
        String cluster,
        String name,
        Path stateDirectory,
        String address,
        Cidr podCidr,
        Cidr serviceCidr,
        Cidr loadBalancerCidr,
        String dnsAddress,
        String clusterDomain,
        int apiServerPort,
        String region,
        String zone) {

    /** The port a node's API server listener has by convention. */
    public static final int API_SERVER_PORT = 6443;

    /** Nodes are spread over as many zones of their cluster's region. */
    private static final int ZONES = 3;

    /** The first, or only, node of a cluster; see {@link #of(String, int, int, Path)}. */
    public static NodeConfig of(String cluster, int number, Path stateDirectory) {
        return of(cluster, number, 1, stateDirectory);
    }

    /**
     * Node {@code ordinal} (from 1) of cluster number {@code number} (1 to 200): node address {@code 10.<n>.0.<ordinal>}, pods
     * {@code 10.<n>.<ordinal>.0/24}, services {@code 10.96.0.0/16}, load balancers {@code 172.<n>.255.0/24}; in the region
     * {@code region<n>}, whose zones a, b and c take turns.
     */
    public static NodeConfig of(String cluster, int number, int ordinal, Path stateDirectory) {
        if (number < 1 || number > 200) {
            throw new IllegalArgumentException("cluster number: " + number + " (expected: 1 to 200)");
        }
        if (ordinal < 1 || ordinal > ClusterNetwork.NODES_MAX) {
            throw new IllegalArgumentException(
                    "node number: " + ordinal + " (expected: 1 to " + ClusterNetwork.NODES_MAX + ")");
        }
        return new NodeConfig(
                cluster,
                cluster + "-node" + (ordinal == 1 ? "" : ordinal),
                stateDirectory,
                ClusterNetwork.addresses(number).address(ordinal),
                Cidr.parse("10." + number + "." + ordinal + ".0/24"),
                Cidr.parse("10.96.0.0/16"),
                Cidr.parse("172." + number + ".255.0/24"),
                "10.96.0.10",
                "cluster.local",
                API_SERVER_PORT,
                "region" + number,
                "region" + number + "-" + (char) ('a' + (ordinal - 1) % ZONES));
    }

    /** Everything the node writes. */
    public Path directory() {
        return stateDirectory.resolve("nodes").resolve(name);
    }

    /** Name of the node's network namespace, as {@code ip netns} shows it. */
    public String networkNamespace() {
        return namespacePrefix(cluster) + name;
    }

    /** What all network namespaces of a cluster begin with. */
    public static String namespacePrefix(String cluster) {
        return "plab-" + cluster + "-";
    }

    /** Name of the network namespace of the pod with this uid. */
    public String podNamespace(String uid) {
        return podNamespacePrefix() + uid;
    }

    /** What the network namespaces of all pods of this node begin with. */
    String podNamespacePrefix() {
        return networkNamespace() + "-pod-";
    }

    /** The search list of a pod in {@code namespace}. */
    public List<String> searchDomains(String namespace) {
        return List.of(namespace + ".svc." + clusterDomain, "svc." + clusterDomain, clusterDomain);
    }

    /** The same with other addresses for load balancers. */
    public NodeConfig withLoadBalancers(Cidr cidr) {
        return with(name, cidr);
    }

    /** The same under another name. */
    public NodeConfig withName(String other) {
        return with(other, loadBalancerCidr);
    }

    private NodeConfig with(String name, Cidr loadBalancers) {
        return new NodeConfig(
                cluster,
                name,
                stateDirectory,
                address,
                podCidr,
                serviceCidr,
                loadBalancers,
                dnsAddress,
                clusterDomain,
                apiServerPort,
                region,
                zone);
    }
}
