package io.periplus.lab.node;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.periplus.lab.node.net.Cidr;
import io.periplus.lab.node.proxy.HostListeners;
import io.periplus.lab.node.proxy.Routed;
import io.periplus.lab.node.volume.FileTree;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Meta;
import io.periplus.lab.store.ResourceType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A real node of a cluster of its own, with objects in memory. */
final class NodeFixture implements AutoCloseable {
    final MemoryStore store = new MemoryStore();
    final NodeConfig config;
    final LabNode node;
    private final HostListeners listeners;

    NodeFixture(Path directory) throws IOException {
        String cluster = "lab-node-test-" + ProcessHandle.current().pid();
        config = NodeConfig.of(cluster, 99, directory)
                .withLoadBalancers(
                        Cidr.parse("127.99." + ProcessHandle.current().pid() % 256 + ".0/24"));
        node = LabNode.create(
                config,
                store,
                request -> new TokenSource.Token(
                        "token of " + request.serviceAccount() + " for " + request.audiences(),
                        Instant.now().plusSeconds(request.expirationSeconds())),
                new Routed());
        apply("""
                kind: Namespace
                metadata: {name: accounts}
                """);
        node.start();
        listeners = HostListeners.start(config.loadBalancerCidr(), store, address -> node.openSocket());
    }

    /** Stores an object from YAML; pods are bound to the node. */
    ObjectNode apply(String yaml) {
        try {
            ObjectNode object = (ObjectNode) new YAMLMapper().readTree(yaml);
            ResourceType type = switch (Json.text(object, "kind")) {
                case "Pod" -> ResourceType.POD;
                case "Service" -> ResourceType.SERVICE;
                case "EndpointSlice" -> ResourceType.ENDPOINT_SLICE;
                case "ConfigMap" -> ResourceType.CONFIG_MAP;
                case "Secret" -> ResourceType.SECRET;
                case "Namespace" -> ResourceType.NAMESPACE;
                default -> throw new IllegalArgumentException(yaml);
            };
            if (type.namespaced()) {
                object.withObject("metadata").put("namespace", "accounts");
            }
            if (type.equals(ResourceType.POD)) {
                object.withObject("spec").put("nodeName", config.name());
            }
            return store.create(type, object);
        } catch (IOException e) {
            throw new IllegalArgumentException(yaml, e);
        }
    }

    @Nullable
    ObjectNode pod(String name) {
        return store.get(ResourceType.POD, "accounts", name);
    }

    /** Waits until the pod is as wanted and returns it. */
    ObjectNode awaitPod(String name, Predicate<ObjectNode> wanted) {
        return await().atMost(Duration.ofSeconds(15))
                .pollInterval(Duration.ofMillis(5))
                .conditionEvaluationListener(new org.awaitility.core.ConditionEvaluationListener<>() {
                    @Override
                    public void conditionEvaluated(org.awaitility.core.EvaluatedCondition<Object> condition) {}

                    @Override
                    public void onTimeout(org.awaitility.core.TimeoutEvent event) {
                        System.err.println(pod(name));
                    }
                })
                .until(() -> pod(name), pod -> pod != null && wanted.test(pod));
    }

    ObjectNode awaitReady(String name) {
        return awaitPod(name, NodeFixture::isReady);
    }

    static boolean isOver(ObjectNode pod) {
        String phase = Json.text(pod, "status", "phase");
        return phase.equals("Succeeded") || phase.equals("Failed");
    }

    static boolean isReady(ObjectNode pod) {
        for (var condition : Json.at(pod, "status", "conditions")) {
            if (condition.path("type").asText().equals("Ready")) {
                return condition.path("status").asText().equals("True");
            }
        }
        return false;
    }

    /** The lines a container has written, without their times. */
    String log(ObjectNode pod, String container) throws IOException {
        Path file = config.directory()
                .resolve("logs/accounts_" + Meta.name(pod) + "_" + Meta.uid(pod))
                .resolve(container)
                .resolve("0.log");
        StringBuilder text = new StringBuilder();
        for (String line : Files.readAllLines(file)) {
            text.append(line.split(" ", 4)[3]).append('\n');
        }
        return text.toString();
    }

    @Override
    public void close() throws IOException {
        listeners.close();
        node.close();
        FileTree.delete(config.directory());
    }
}
