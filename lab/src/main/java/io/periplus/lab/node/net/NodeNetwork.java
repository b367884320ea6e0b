package io.periplus.lab.node.net;

import io.periplus.lab.node.NodeConfig;
import io.periplus.linux.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/**
 * The network namespace of a node. Its loopback interface holds the node's address and the DNS address; its bridge
 * {@code cni0} holds the gateway of the pods. Every pod has a /32 address and reaches everybody, its neighbours
 * included, through the gateway: so the node sees (and translates) both directions of every connection.
 */
public final class NodeNetwork implements AutoCloseable {
    /** Where {@code ip netns} keeps its names. */
    public static final Path NAMESPACES = Path.of("/run/netns");

    /** The pods' side of the node, where packets between pods can be captured. */
    public static final String BRIDGE = "cni0";

    /** The link to other nodes. */
    public static final String UPLINK = "eth0";

    private final NodeConfig config;
    private final NetworkNamespace namespace;

    private NodeNetwork(NodeConfig config, NetworkNamespace namespace) {
        this.config = config;
        this.namespace = namespace;
    }

    /** Makes the namespace. Fails if there is one of this name. */
    public static NodeNetwork create(NodeConfig config) throws IOException {
        String node = config.networkNamespace();
        String gateway = config.podCidr().address(1);
        Command.shell("""
                ip netns add %1$s
                ip -n %1$s -batch - <<'BATCH'
                link set lo up
                addr add %2$s/32 dev lo
                addr add %3$s/32 dev lo
                link add %4$s address %10$s type bridge
                addr add %5$s/32 dev %4$s
                link set %4$s up
                route add %6$s dev %4$s src %2$s
                route add %7$s dev %4$s src %2$s
                route add %8$s dev %4$s src %2$s %11$s
                BATCH
                nsenter --net=%9$s/%1$s /bin/sh -ec '
                echo 1 > /proc/sys/net/ipv4/ip_forward
                echo 0 > /proc/sys/net/ipv4/conf/all/send_redirects
                echo 0 > /proc/sys/net/ipv4/conf/%4$s/send_redirects
                echo 0 > /proc/sys/net/ipv4/conf/all/rp_filter
                echo 0 > /proc/sys/net/ipv4/conf/%4$s/rp_filter
                echo 1 > /proc/sys/net/ipv4/conf/%4$s/route_localnet
                [ ! -e /proc/sys/net/bridge/bridge-nf-call-iptables ] ||
                    echo 0 > /proc/sys/net/bridge/bridge-nf-call-iptables
                echo 0 > /proc/sys/net/ipv4/ip_unprivileged_port_start'
                """.formatted(
                        node,
                        config.address(),
                        config.dnsAddress(),
                        BRIDGE,
                        gateway,
                        config.podCidr(),
                        config.serviceCidr(),
                        config.loadBalancerCidr(),
                        NAMESPACES,
                        hardwareAddress(gateway),
                        table(config)));
        return new NodeNetwork(config, NetworkNamespace.open(NAMESPACES.resolve(node)));
    }

    /**
     * The routing table for addresses of load balancers. Loopback addresses are looked up in the table {@code local} first,
     * where only a longer prefix leads them away from this namespace.
     */
    private static String table(NodeConfig config) {
        return config.loadBalancerCidr().isLoopback() ? "table local" : "table main";
    }

    /**
     * A fixed, locally administered address for the interface with this address. Without one a bridge has the lowest of its ports', so that it changes
     * when a pod goes, and the other pods send to nobody until they have asked again for their gateway's.
     */
    static String hardwareAddress(String address) {
        StringBuilder text = new StringBuilder("02:50");
        for (byte part : InetAddress.ofLiteral(address).getAddress()) {
            text.append(":%02x".formatted(part));
        }
        return text.toString();
    }

    /** The file of the node's namespace. */
    public Path file() {
        return NAMESPACES.resolve(config.networkNamespace());
    }

    /** Makes the namespace of a pod and connects it; after a failure there is nothing left of it. */
    public void connectPod(String uid, String address) throws IOException {
        try {
            connect(uid, address);
        } catch (IOException e) {
            disconnectPod(uid);
            throw e;
        }
    }

    private void connect(String uid, String address) throws IOException {
        Command.shell("""
                ip netns add %1$s
                ip -n %2$s -batch - <<'BATCH'
                link add %3$s type veth peer name eth0 netns %1$s
                link set %3$s master %4$s up
                BATCH
                ip -n %1$s -batch - <<'BATCH'
                link set lo up
                addr add %5$s/32 dev eth0
                link set eth0 up
                route add %6$s dev eth0 scope link
                route add default via %6$s dev eth0
                route add %8$s via %6$s dev eth0 src %5$s %9$s
                BATCH
                nsenter --net=%7$s/%1$s /bin/sh -ec '
                echo 0 > /proc/sys/net/ipv4/ip_unprivileged_port_start
                echo 0 > /proc/sys/net/ipv4/conf/all/rp_filter
                echo 0 > /proc/sys/net/ipv4/conf/lo/rp_filter
                echo 0 > /proc/sys/net/ipv4/conf/eth0/rp_filter
                echo 1 > /proc/sys/net/ipv4/conf/eth0/route_localnet'
                """.formatted(
                        config.podNamespace(uid),
                        config.networkNamespace(),
                        interfaceOf(uid),
                        BRIDGE,
                        address,
                        config.podCidr().address(1),
                        NAMESPACES,
                        config.loadBalancerCidr(),
                        table(config)));
    }

    /** Removes the namespace of a pod, and its veth with it. */
    public void disconnectPod(String uid) throws IOException {
        Command.shell("ip -n %s link del %s || true\nip netns del %s || true"
                .formatted(config.networkNamespace(), interfaceOf(uid), config.podNamespace(uid)));
    }

    /** Name of the node's end of a pod's veth. */
    public static String interfaceOf(String uid) {
        return "veth" + Integer.toHexString(uid.hashCode());
    }

    /** A listener on the node's address. */
    public ServerSocketChannel listen(String address, int port) throws IOException {
        return namespace.call(() -> ServerSocketChannel.open(StandardProtocolFamily.INET)
                .bind(new InetSocketAddress(InetAddress.ofLiteral(address), port), 512));
    }

    public DatagramChannel datagrams(String address, int port) throws IOException {
        return namespace.call(() -> DatagramChannel.open(StandardProtocolFamily.INET)
                .bind(new InetSocketAddress(InetAddress.ofLiteral(address), port)));
    }

    /** An unconnected socket of the node. */
    public SocketChannel socket() throws IOException {
        return namespace.call(() -> SocketChannel.open(StandardProtocolFamily.INET));
    }

    /** Runs a program inside the namespace; see {@link Command#run}. */
    public String run(String input, String... command) throws IOException {
        String[] all = new String[command.length + 2];
        all[0] = "nsenter";
        all[1] = "--net=" + file();
        System.arraycopy(command, 0, all, 2, command.length);
        return Command.run(input, all);
    }

    /** Takes away the link to other nodes, if there is one. */
    public void disconnect() throws IOException {
        Command.shell("ip -n %s link del %s 2>/dev/null || true".formatted(config.networkNamespace(), UPLINK));
    }

    /** Removes the namespace. Pods must have been disconnected before. */
    @Override
    public void close() throws IOException {
        namespace.close();
        Command.run("", "ip", "netns", "del", config.networkNamespace());
    }
}
