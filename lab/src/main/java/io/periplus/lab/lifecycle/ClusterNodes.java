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
import io.periplus.lab.node.proxy.Routed;
import io.periplus.lab.node.volume.FileTree;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Meta;
import io.periplus.lab.store.ObjectStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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
    private final Routed routed = new Routed();
    /** Those that are on, by name. */
    private final Map<String, LabNode> running = new ConcurrentSkipListMap<>();
    /** Those of them that are cut off from the others. */
    private final Set<String> isolated = ConcurrentHashMap.newKeySet();
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
            listeners = HostListeners.start(loadBalancers, store, new NodeChoice(store, running)::open);
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

    /** Null if the cluster has no node of this name that is the lab's. */
    @Nullable
    NodeConfig find(String name) {
        return configs.stream()
                .filter(config -> config.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    LabStatus.Power power(String name) {
        return !running.containsKey(name)
                ? LabStatus.Power.OFF
                : isolated.contains(name) ? LabStatus.Power.ISOLATED : LabStatus.Power.ON;
    }

    /** @throws IOException when it does not work, or would make no sense for a node that is off */
    void act(NodeConfig config, NodeAction action) throws IOException {
        switching.lock();
        try {
            LabStatus.Power present = power(config.name());
            switch (action) {
                case STOP -> stop(config);
                case START -> {
                    if (present == LabStatus.Power.OFF) {
                        build(config).start();
                    }
                }
                case PARTITION -> {
                    checkOn(config, present);
                    network.isolate(config);
                    isolated.add(config.name());
                }
                case HEAL -> {
                    checkOn(config, present);
                    network.rejoin(config);
                    isolated.remove(config.name());
                }
            }
        } finally {
            switching.unlock();
        }
    }

    private static void checkOn(NodeConfig config, LabStatus.Power present) throws IOException {
        if (present == LabStatus.Power.OFF) {
            throw new IOException("the node is off; switch it on first: periplus lab node start " + config.name());
        }
    }

    private void stop(NodeConfig config) throws IOException {
        isolated.remove(config.name());
        LabNode node = running.remove(config.name());
        if (node != null) {
            node.powerOff();
        }
    }

    private LabNode build(NodeConfig config) throws IOException {
        LabNode node = LabNode.create(config, store, tokens, routed);
        try {
            network.connect(config, configs);
        } catch (IOException e) {
            node.powerOff();
            throw e;
        }
        running.put(config.name(), node);
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
