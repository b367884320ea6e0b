package io.periplus.lab.node.net;

import io.periplus.lab.node.NodeConfig;
import io.periplus.linux.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.util.List;

/**
 * What the nodes of a cluster are plugged into: a network namespace with a switch. Nodes are neighbours and reach each other's
 * pods through each other's addresses, without tunnels. The switch itself has the API server's address, so that no node has
 * to be there for it.
 */
public final class ClusterNetwork implements AutoCloseable {
    /** Of one cluster: all of them share one machine, and each has its ztunnel and node agent. */
    public static final int NODES_MAX = 5;

    private static final int API_SERVER = 254;
    private static final String SWITCH = "nodes";
    private static final String PARTITION = "ip periplus-partition";
    private static final int BACKLOG = 512;

    private final String name;
    private final String address;
    private final NetworkNamespace namespace;

    private ClusterNetwork(String name, String address, NetworkNamespace namespace) {
        this.name = name;
        this.address = address;
        this.namespace = namespace;
    }

    /** The addresses of the nodes of cluster number {@code number}, which the switch has one of too. */
    public static Cidr addresses(int number) {
        return Cidr.parse("10." + number + ".0.0/24");
    }

    /** Where the API server of cluster number {@code number} listens for pods. */
    public static String apiServerAddress(int number) {
        return addresses(number).address(API_SERVER);
    }

    /** Makes the switch. Fails if the cluster has one. */
    public static ClusterNetwork create(String cluster, int number) throws IOException {
        String name = NodeConfig.namespacePrefix(cluster) + "switch";
        String address = apiServerAddress(number);
        Command.shell("""
                ip netns add %1$s
                ip -n %1$s -batch - <<'BATCH'
                link set lo up
                link add %2$s address %4$s type bridge
                addr add %3$s/%5$d dev %2$s
                link set %2$s up
                BATCH
                [ ! -e /proc/sys/net/bridge/bridge-nf-call-iptables ] ||
                    nsenter --net=%6$s/%1$s sh -c 'echo 0 > /proc/sys/net/bridge/bridge-nf-call-iptables'
                """.formatted(
                        name,
                        SWITCH,
                        address,
                        NodeNetwork.hardwareAddress(address),
                        addresses(number).prefix(),
                        NodeNetwork.NAMESPACES));
        return new ClusterNetwork(name, address, NetworkNamespace.open(NodeNetwork.NAMESPACES.resolve(name)));
    }

    /** Plugs in a node, which knows the way to all the others from now on, there or not. */
    public void connect(NodeConfig node, List<NodeConfig> all) throws IOException {
        StringBuilder routes = new StringBuilder();
        for (NodeConfig other : all) {
            if (!other.name().equals(node.name())) {
                routes.append("route replace %s via %s dev %s src %s\n"
                        .formatted(other.podCidr(), other.address(), NodeNetwork.UPLINK, node.address()));
            }
        }
        Command.shell("""
                ip -n %1$s -batch - <<'BATCH'
                link add %2$s type veth peer name %3$s address %5$s netns %4$s
                link set %2$s master %6$s up
                BATCH
                ip -n %4$s -batch - <<'BATCH'
                addr add %7$s/24 dev %3$s
                link set %3$s up
                %8$sBATCH
                ip -n %1$s route replace %9$s via %7$s
                nsenter --net=%10$s/%4$s /bin/sh -ec '
                echo 0 > /proc/sys/net/ipv4/conf/%3$s/send_redirects
                echo 0 > /proc/sys/net/ipv4/conf/%3$s/rp_filter'
                """.formatted(
                        name,
                        portOf(node),
                        NodeNetwork.UPLINK,
                        node.networkNamespace(),
                        NodeNetwork.hardwareAddress(node.address()),
                        SWITCH,
                        node.address(),
                        routes,
                        node.podCidr(),
                        NodeNetwork.NAMESPACES));
    }

    /** Cuts a node off from the other nodes, whose packets it no longer sees nor they its; the API server stays in reach. */
    public void isolate(NodeConfig node) throws IOException {
        nft(node, """
                table %1$s
                delete table %1$s
                table %1$s {
                    chain arriving {
                        type filter hook prerouting priority raw;
                        iifname "%2$s" ip saddr != %3$s drop
                    }
                    chain leaving {
                        type filter hook postrouting priority 300;
                        oifname "%2$s" ip daddr != %3$s drop
                    }
                }
                """.formatted(PARTITION, NodeNetwork.UPLINK, address));
    }

    /** Undoes {@link #isolate}; harmless for a node that is not cut off. */
    public void rejoin(NodeConfig node) throws IOException {
        nft(node, "table %1$s\ndelete table %1$s\n".formatted(PARTITION));
    }

    private static void nft(NodeConfig node, String script) throws IOException {
        Command.run(
                script,
                "nsenter",
                "--net=" + NodeNetwork.NAMESPACES.resolve(node.networkNamespace()),
                "nft",
                "-f",
                "-");
    }

    /** A name of at most 15 bytes, as the kernel wants it. */
    private static String portOf(NodeConfig node) {
        return "node" + node.address().substring(node.address().lastIndexOf('.') + 1);
    }

    /** A listener that every node and pod reaches. */
    public ServerSocketChannel listen(int port) throws IOException {
        return namespace.call(() -> ServerSocketChannel.open(StandardProtocolFamily.INET)
                .bind(new InetSocketAddress(InetAddress.ofLiteral(address), port), BACKLOG));
    }

    /** Removes the switch, and with it the links of nodes that are still there. */
    @Override
    public void close() throws IOException {
        namespace.close();
        Command.run("", "ip", "netns", "del", name);
    }
}
