package io.periplus.lab.lifecycle;

import static io.periplus.lab.store.ResourceType.NODE;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.apiserver.PodRuntime;
import io.periplus.lab.node.LabNode;
import io.periplus.lab.node.NodeCleanup;
import io.periplus.lab.node.NodeConfig;
import io.periplus.lab.node.TokenSource;
import io.periplus.lab.node.net.Cidr;
import io.periplus.lab.node.net.ClusterNetwork;
import io.periplus.lab.node.proxy.HostListeners;
import io.periplus.lab.node.volume.FileTree;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Meta;
import io.periplus.lab.store.ObjectStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The nodes of one cluster, the network between them, and the load balancers before them. */
final class ClusterNodes implements Closeable {
    private final List<NodeConfig> configs;
    private final ObjectStore store;
    private final TokenSource tokens;
    private final ClusterNetwork network;
    /** Those that are on, by name. */
    private final Map<String, LabNode> running = new ConcurrentSkipListMap<>();
    /** Held while nodes are switched on or off. */
    private final ReentrantLock switching = new ReentrantLock();

    private @Nullable HostListeners listeners;

    private ClusterNodes(List<NodeConfig> configs, ObjectStore store, TokenSource tokens, ClusterNetwork network) {
        this.configs = configs;
        this.store = store;
        this.tokens = tokens;
        this.network = network;
    }

    /** What the nodes of a cluster are made from, the first one first. */
    static List<NodeConfig> configs(ClusterSettings settings, Cidr loadBalancers, Path directory) {
        return IntStream.rangeClosed(1, settings.nodes())
                .mapToObj(ordinal -> NodeConfig.of(settings.hostName(), settings.number(), ordinal, directory)
                        .withName(settings.name() + "-node" + (ordinal == 1 ? "" : ordinal))
                        .withLoadBalancers(loadBalancers))
                .toList();
    }

    /**
     * Makes the networks of all nodes, after removing what a former run left on the machine and nodes that the cluster
     * had before and has no more.
     */
    static ClusterNodes create(
            ClusterSettings settings, List<NodeConfig> configs, ObjectStore store, TokenSource tokens)
            throws IOException {
        NodeCleanup.clean(settings.hostName());
        removeFormer(configs, store);
        var nodes =
                new ClusterNodes(configs, store, tokens, ClusterNetwork.create(settings.hostName(), settings.number()));
        try {
            for (NodeConfig config : configs) {
                nodes.build(config);
            }
            return nodes;
        } catch (IOException e) {
            nodes.close();
            throw e;
        }
    }

    /** A listener for the API server, on the address that is its for pods. */
    ServerSocketChannel openListener(int port) throws IOException {
        return network.listen(port);
    }

    /** Registers all nodes and begins to run pods. */
    void start() throws IOException {
        for (LabNode node : running.values()) {
            node.start();
        }
        Cidr loadBalancers = configs.getFirst().loadBalancerCidr();
        if (loadBalancers.isLoopback()) {
            listeners = HostListeners.start(loadBalancers, store, this::socket);
        }
    }

    /** The nodes that are on. */
    List<LabNode> running() {
        return List.copyOf(running.values());
    }

    /** The pods of all nodes, for the API server. */
    PodRuntime runtime() {
        return new ClusterPodRuntime(store, running);
    }

    /** Where the node's network is on this machine; empty for a Node that is none of the lab's. */
    String networkNamespace(String node) {
        return configs.stream()
                .filter(config -> config.name().equals(node))
                .map(NodeConfig::networkNamespace)
                .findFirst()
                .orElse("");
    }

    private SocketChannel socket() throws IOException {
        for (LabNode node : running.values()) {
            return node.openSocket();
        }
        throw new IOException("no node is on");
    }

    private LabNode build(NodeConfig config) throws IOException {
        LabNode node = LabNode.create(config, store, tokens);
        running.put(config.name(), node);
        network.connect(config, configs);
        return node;
    }

    /** A cluster that had more nodes before: their pods go with them, as after {@code kubectl delete node}. */
    private static void removeFormer(List<NodeConfig> configs, ObjectStore store) throws IOException {
        List<String> names = configs.stream().map(NodeConfig::name).toList();
        for (ObjectNode node : store.list(NODE, null)) {
            String name = Meta.name(node);
            if (Json.text(node, "spec", "providerID").startsWith("periplus://") && !names.contains(name)) {
                store.delete(NODE, null, name, null, null);
                FileTree.delete(configs.getFirst().withName(name).directory());
            }
        }
    }

    @Override
    public void close() throws IOException {
        switching.lock();
        try {
            if (listeners != null) {
                listeners.close();
            }
            var failures = new ArrayList<IOException>();
            for (LabNode node : running.values()) {
                closing(node, failures);
            }
            running.clear();
            closing(network::close, failures);
            if (!failures.isEmpty()) {
                IOException first = failures.removeFirst();
                failures.forEach(first::addSuppressed);
                throw first;
            }
        } finally {
            switching.unlock();
        }
    }

    private static void closing(AutoCloseable part, List<IOException> failures) {
        try {
            part.close();
        } catch (IOException e) {
            failures.add(e);
        } catch (Exception e) {
            failures.add(new IOException(e));
        }
    }
}
