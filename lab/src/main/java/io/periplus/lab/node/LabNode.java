package io.periplus.lab.node;

import io.periplus.lab.apiserver.PodRuntime;
import io.periplus.lab.node.container.Cgroup;
import io.periplus.lab.node.container.Devices;
import io.periplus.lab.node.dns.ClusterNames;
import io.periplus.lab.node.dns.DnsServer;
import io.periplus.lab.node.image.ImageCatalogue;
import io.periplus.lab.node.net.AddressPool;
import io.periplus.lab.node.net.NodeNetwork;
import io.periplus.lab.node.pod.Kubelet;
import io.periplus.lab.node.pod.NodeContext;
import io.periplus.lab.node.pod.NodePodRuntime;
import io.periplus.lab.node.pod.PodEvents;
import io.periplus.lab.node.proxy.Routed;
import io.periplus.lab.node.proxy.ServiceProxy;
import io.periplus.lab.store.ObjectStore;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import org.jspecify.annotations.Nullable;

/**
 * A node of a lab's cluster, with everything on it: its network, kubelet, service proxy and DNS. Needs root, and {@code ip},
 * {@code nft} and util-linux on the machine.
 *
 * <p>Order of use: {@link #create} makes the network, which a {@link io.periplus.lab.node.net.ClusterNetwork} may connect to
 * those of other nodes; {@link #start} registers the node and runs pods; {@link #close} kills all pods and removes the
 * network. What a killed process leaves behind is removed by the next {@link #create} or by {@link NodeCleanup}.
 */
public final class LabNode implements AutoCloseable {
    private final NodeConfig config;
    private final ObjectStore store;
    private final NodeNetwork network;
    private final Kubelet kubelet;
    private final NodeRegistration registration;
    private final PodRuntime runtime;
    private @Nullable ServiceProxy proxy;
    private @Nullable DnsServer dns;

    private LabNode(NodeConfig config, ObjectStore store, NodeNetwork network, Kubelet kubelet) {
        this.config = config;
        this.store = store;
        this.network = network;
        this.kubelet = kubelet;
        this.registration = new NodeRegistration(config, store);
        this.runtime = new NodePodRuntime(kubelet);
    }

    /**
     * Makes the node's network, after removing what a former run of it left on the machine.
     *
     * @param routed what all nodes of the cluster have in common
     * @throws IOException if this process lacks the rights or a program is missing; the message says what failed
     */
    public static LabNode create(NodeConfig config, ObjectStore store, TokenSource tokens, Routed routed)
            throws IOException {
        NodeCleanup.clean(config);
        Files.createDirectories(config.directory());
        Cgroup cgroup = Cgroup.ofNode(config.cluster(), config.name());
        cgroup.create();
        Devices.create(config.directory().resolve("dev"));
        NodeNetwork network = NodeNetwork.create(config);
        NodeContext context = new NodeContext(
                config,
                store,
                network,
                new AddressPool(config.podCidr()),
                new ImageCatalogue(config.stateDirectory().resolve("images")),
                tokens,
                cgroup,
                new PodEvents(store, config.name()),
                routed);
        context.cni().prepare();
        return new LabNode(config, store, network, new Kubelet(context));
    }

    public NodeConfig config() {
        return config;
    }

    /** An unconnected TCP socket inside the node's network: it reaches pods and service addresses (but no names). */
    public SocketChannel openSocket() throws IOException {
        return network.socket();
    }

    /** The pods of this node, for the API server's exec, logs and port-forward. */
    public PodRuntime runtime() {
        return runtime;
    }

    /** Registers the node and begins to run pods, translate service addresses and answer DNS queries. */
    public void start() throws IOException {
        dns = DnsServer.start(
                network, config.dnsAddress(), new ClusterNames(store, config.clusterDomain(), config.dnsAddress()));
        proxy = ServiceProxy.start(config, store, network, kubelet.node().routed());
        registration.start();
        kubelet.start();
    }

    /** Kills all pods of this node, removes its network and marks it not ready. Pod objects stay. */
    @Override
    public void close() throws IOException {
        registration.close();
        remove();
    }

    /**
     * As a power cut: from one moment to the next nothing of the node answers any more, and nobody is told. What others have
     * open to it is not ended, as nobody is left to say so.
     */
    public void powerOff() throws IOException {
        network.disconnect();
        registration.abandon();
        remove();
    }

    private void remove() throws IOException {
        kubelet.close();
        if (proxy != null) {
            proxy.close();
        }
        if (dns != null) {
            dns.close();
        }
        network.close();
        NodeCleanup.clean(config);
    }
}
