package io.periplus.lab.lifecycle;

import static io.periplus.lab.store.ResourceType.NODE;
import static io.periplus.lab.store.ResourceType.POD;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.apiserver.ClusterServer;
import io.periplus.lab.apiserver.auth.ServiceAccountTokens;
import io.periplus.lab.controllers.ClusterControllers;
import io.periplus.lab.node.LabNode;
import io.periplus.lab.node.NodeConfig;
import io.periplus.lab.node.TokenSource;
import io.periplus.lab.node.container.Cgroup;
import io.periplus.lab.node.net.Cidr;
import io.periplus.lab.node.net.ClusterNetwork;
import io.periplus.lab.store.ClusterConfig;
import io.periplus.lab.store.ResourceType;
import io.periplus.lab.store.types.Definition;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running cluster, wired together: the store and API server, the controllers, and the nodes. The API server listens on the
 * host's loopback for users and on an address of the nodes' network for pods.
 */
final class LabCluster implements Closeable {
    private static final Logger log = LoggerFactory.getLogger(LabCluster.class);

    /** With the second look, a quarter of what clusters usually wait: nobody wants to watch a lab's node be dead for 40 seconds. */
    private static final Duration NODE_GRACE = Duration.ofSeconds(9);

    private final ClusterSettings settings;
    private final LabDirectory directory;
    private final Consumer<String> progress;
    private final List<NodeConfig> nodeConfigs;
    /** What all nodes have in common stands in the first one's. */
    private final NodeConfig node;
    /** What {@link #close} has to close, last opened first. */
    private final Deque<Closeable> open = new ArrayDeque<>();

    private volatile @Nullable ClusterServer server;
    private volatile @Nullable ClusterNodes nodes;

    /** Pods that are ready, of all that have not finished. */
    record PodCount(int ready, int total) {}

    LabCluster(ClusterSettings settings, Cidr loadBalancers, LabDirectory directory, Consumer<String> progress) {
        this.settings = settings;
        this.directory = directory;
        this.progress = progress;
        this.nodeConfigs = ClusterNodes.configs(settings, loadBalancers, directory.cluster(settings.name()));
        this.node = nodeConfigs.getFirst();
    }

    /** Starts everything; returns when the API, the node and cluster DNS answer. On failure {@link #close} is still owed. */
    void start() throws IOException, InterruptedException {
        linkImages();
        progress.accept("reading state");
        ClusterServer server = ClusterServer.open(new ClusterServer.Config(
                new ClusterConfig(
                        settings.name(),
                        node.serviceCidr().toString(),
                        node.loadBalancerCidr().toString()),
                directory.cluster(settings.name()),
                List.of(InetAddress.ofLiteral(apiServerAddress()))));
        this.server = server;
        open.push(server::close);
        progress.accept(settings.nodes() == 1 ? "starting the node" : "starting " + settings.nodes() + " nodes");
        ClusterNodes nodes =
                ClusterNodes.create(settings, nodeConfigs, server.store(), request -> issue(server, request));
        this.nodes = nodes;
        open.push(nodes);
        progress.accept("starting the API server");
        server.start(nodes.runtime(), List.of(listenOnHost(), nodes.openListener(node.apiServerPort())));
        progress.accept("starting the controllers");
        ClusterControllers controllers = ClusterControllers.start(
                server.store(), () -> types(server), controllerSettings(server), InstantSource.system());
        open.push(controllers::close);
        nodes.start();
        progress.accept("waiting for DNS");
        for (LabNode each : nodes.running()) {
            DnsProbe.await(each, node.dnsAddress(), "kubernetes.default.svc." + node.clusterDomain());
        }
    }

    /** Where Services of type LoadBalancer have their addresses. */
    Cidr loadBalancers() {
        return node.loadBalancerCidr();
    }

    /** Null before the cluster has its keys. */
    @Nullable
    String kubeconfig() {
        ClusterServer server = this.server;
        return server == null ? null : server.kubeconfig(settings.apiServerUrl());
    }

    /** All nodes that the cluster knows, also such as somebody else has registered. */
    List<LabStatus.Node> nodes() {
        return list(NODE).stream().map(this::report).toList();
    }

    /** Returns the node afterwards; null if the cluster has no such node. */
    LabStatus.@Nullable Node act(String name, NodeAction action) throws IOException {
        ClusterNodes nodes = this.nodes;
        NodeConfig config = nodes == null ? null : nodes.find(name);
        if (nodes == null || config == null) {
            return null;
        }
        nodes.act(config, action);
        return list(NODE).stream()
                .map(this::report)
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private LabStatus.Node report(ObjectNode node) {
        String name = node.path("metadata").path("name").asText();
        ClusterNodes nodes = this.nodes;
        NodeConfig config = nodes == null ? null : nodes.find(name);
        return new LabStatus.Node(
                name,
                address(node),
                isTrue(node, "Ready"),
                nodes == null ? LabStatus.Power.OFF : nodes.power(name),
                config == null ? "" : config.networkNamespace());
    }

    PodCount pods() {
        List<ObjectNode> pods = list(POD).stream()
                .filter(pod -> !List.of("Succeeded", "Failed")
                        .contains(pod.path("status").path("phase").asText()))
                .toList();
        int ready = (int) pods.stream().filter(pod -> isTrue(pod, "Ready")).count();
        return new PodCount(ready, pods.size());
    }

    /** Resident bytes of all processes in pods. */
    long podMemory() {
        try {
            return ProcessMemory.ofGroup(Cgroup.ofCluster(settings.hostName()).directory());
        } catch (IOException e) {
            log.debug("{}: no memory figures", settings.name(), e);
            return 0;
        }
    }

    /** Controllers first, so that nobody replaces the pods that now end; the store last. */
    @Override
    public void close() throws IOException {
        IOException failure = null;
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (IOException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private List<ObjectNode> list(ResourceType type) {
        ClusterServer server = this.server;
        return server == null ? List.of() : server.store().list(type, null);
    }

    private static TokenSource.Token issue(ClusterServer server, TokenSource.Request request) {
        ServiceAccountTokens.Token token = server.tokens()
                .issue(
                        request.namespace(),
                        request.serviceAccount(),
                        request.audiences(),
                        Duration.ofSeconds(request.expirationSeconds()),
                        request.podName());
        return new TokenSource.Token(token.token(), token.expires());
    }

    /** The types that are served now, each in the version it is stored in. */
    private static List<ResourceType> types(ClusterServer server) {
        return server.store().registry().all().stream().map(Definition::storage).toList();
    }

    private ClusterControllers.Settings controllerSettings(ClusterServer server) {
        return new ClusterControllers.Settings(
                settings.name(),
                server.pki().caPem(),
                apiServerAddress(),
                node.apiServerPort(),
                node.serviceCidr().address(1),
                node.dnsAddress(),
                NODE_GRACE);
    }

    private ServerSocketChannel listenOnHost() throws IOException {
        try {
            return ServerSocketChannel.open(StandardProtocolFamily.INET)
                    .bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), settings.apiPort()));
        } catch (IOException e) {
            throw new IOException(
                    "the API server cannot listen on 127.0.0.1:" + settings.apiPort() + ": " + e.getMessage(), e);
        }
    }

    /** All clusters of a lab have the same images. */
    private void linkImages() throws IOException {
        Files.createDirectories(directory.images());
        Path link = directory.cluster(settings.name()).resolve("images");
        Files.createDirectories(link.getParent());
        try {
            Files.createSymbolicLink(link, Path.of("../../images"));
        } catch (FileAlreadyExistsException e) {
            // It is there from an earlier start.
        }
    }

    private String apiServerAddress() {
        return ClusterNetwork.apiServerAddress(settings.number());
    }

    private static String address(JsonNode node) {
        for (JsonNode address : node.path("status").path("addresses")) {
            if (address.path("type").asText().equals("InternalIP")) {
                return address.path("address").asText();
            }
        }
        return "";
    }

    private static boolean isTrue(JsonNode object, String type) {
        for (JsonNode condition : object.path("status").path("conditions")) {
            if (condition.path("type").asText().equals(type)) {
                return condition.path("status").asText().equals("True");
            }
        }
        return false;
    }
}
