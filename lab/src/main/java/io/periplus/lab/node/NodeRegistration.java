package io.periplus.lab.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.ObjectStore;
import io.periplus.lab.store.ResourceType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Node object: made when the node starts, kept alive by its Lease, not ready after {@link #close()}. */
final class NodeRegistration implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeRegistration.class);
    /** A controller counts a node as unreachable that has missed three. */
    private static final Duration RENEWAL = Duration.ofSeconds(3);
    /** The status is written again although nothing has changed. */
    private static final Duration STATUS = Duration.ofMinutes(5);

    /** Pods of a lab ask for what they would need elsewhere, and mostly idle: a small machine has room for more of them. */
    private static final int CPUS_MIN = 16;

    private final NodeConfig config;
    private final ObjectStore store;
    private final NodeLease lease;
    private final CountDownLatch closed = new CountDownLatch(1);

    NodeRegistration(NodeConfig config, ObjectStore store) {
        this.config = config;
        this.store = store;
        this.lease = new NodeLease(config.name(), store);
    }

    void start() {
        Map<String, String> labels = new TreeMap<>(Map.of(
                "kubernetes.io/hostname", config.name(),
                "kubernetes.io/os", "linux",
                "kubernetes.io/arch", architecture(),
                "beta.kubernetes.io/os", "linux",
                "beta.kubernetes.io/arch", architecture(),
                "topology.kubernetes.io/region", config.region(),
                "topology.kubernetes.io/zone", config.zone()));
        if (store.get(ResourceType.NODE, null, config.name()) == null) {
            ObjectNode node = Json.object().put("apiVersion", "v1").put("kind", "Node");
            labels.forEach(node.putObject("metadata").put("name", config.name()).putObject("labels")::put);
            podCidr(node.putObject("spec"));
            store.create(ResourceType.NODE, node);
        } else {
            store.update(ResourceType.NODE, null, config.name(), node -> {
                labels.forEach(node.withObject("metadata").withObject("labels")::put);
                podCidr(node.withObject("spec"));
                return node;
            });
        }
        // The status first: with a Lease the node is judged by it, and it may still say that the lab was stopped.
        heartbeat(true);
        lease.renew();
        Thread.ofVirtual().name("node " + config.name()).start(this::beat);
    }

    private void podCidr(ObjectNode spec) {
        spec.put("podCIDR", config.podCidr().toString());
        spec.putArray("podCIDRs").add(config.podCidr().toString());
        spec.put("providerID", "periplus://" + config.cluster() + "/" + config.name());
    }

    private void beat() {
        try {
            long written = System.nanoTime();
            while (!closed.await(RENEWAL.toMillis(), TimeUnit.MILLISECONDS)) {
                // The Lease first: who says that he is ready without it is not believed.
                lease.renew();
                if (System.nanoTime() - written >= STATUS.toNanos() || isDoubted()) {
                    heartbeat(true);
                    written = System.nanoTime();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the cluster believes that this node is not ready, as after a moment in which this process stood still. */
    private boolean isDoubted() {
        ObjectNode node = store.get(ResourceType.NODE, null, config.name());
        if (node == null) {
            return false;
        }
        for (JsonNode condition : Json.at(node, "status", "conditions")) {
            if (Json.text(condition, "type").equals("Ready")) {
                return !Json.text(condition, "status").equals("True");
            }
        }
        return true;
    }

    private void heartbeat(boolean ready) {
        try {
            store.updateStatus(ResourceType.NODE, null, config.name(), node -> {
                status(node.withObject("status"), ready);
                return node;
            });
        } catch (ApiException e) {
            LOG.warn("node {}: its status was not stored: {}", config.name(), e.getMessage());
        }
    }

    private void status(ObjectNode status, boolean ready) {
        ArrayNode addresses = status.putArray("addresses");
        addresses.addObject().put("type", "InternalIP").put("address", config.address());
        addresses.addObject().put("type", "Hostname").put("address", config.name());
        for (String field : new String[] {"capacity", "allocatable"}) {
            status.putObject(field)
                    .put(
                            "cpu",
                            Integer.toString(
                                    Math.max(CPUS_MIN, Runtime.getRuntime().availableProcessors())))
                    .put("memory", memory())
                    .put("ephemeral-storage", "20Gi")
                    .put("pods", Integer.toString(Math.min(250, config.podCidr().size() - 3)));
        }
        ObjectNode info = status.putObject("nodeInfo");
        info.put("architecture", architecture())
                .put("operatingSystem", "linux")
                .put("osImage", "Periplus lab")
                .put("kernelVersion", System.getProperty("os.version"))
                .put("kubeletVersion", "v1.32.0")
                .put("kubeProxyVersion", "v1.32.0")
                .put("containerRuntimeVersion", "periplus://1")
                .put("machineID", config.name())
                .put("systemUUID", config.name())
                .put("bootID", config.name());
        status.putObject("daemonEndpoints").putObject("kubeletEndpoint").put("Port", 10250);
        Map<String, String> before = new TreeMap<>();
        status.path("conditions")
                .forEach(condition -> before.put(
                        condition.path("type").asText()
                                + condition.path("status").asText(),
                        condition.path("lastTransitionTime").asText()));
        ArrayNode conditions = status.putArray("conditions");
        condition(
                conditions,
                before,
                "MemoryPressure",
                false,
                "KubeletHasSufficientMemory",
                "kubelet has sufficient memory available");
        condition(
                conditions, before, "DiskPressure", false, "KubeletHasNoDiskPressure", "kubelet has no disk pressure");
        condition(
                conditions,
                before,
                "PIDPressure",
                false,
                "KubeletHasSufficientPID",
                "kubelet has sufficient PID available");
        condition(
                conditions,
                before,
                "Ready",
                ready,
                ready ? "KubeletReady" : "KubeletStopped",
                ready ? "kubelet is posting ready status" : "the lab was stopped");
    }

    private static void condition(
            ArrayNode conditions,
            Map<String, String> before,
            String type,
            boolean value,
            String reason,
            String message) {
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        String status = value ? "True" : "False";
        conditions
                .addObject()
                .put("type", type)
                .put("status", status)
                .put("lastHeartbeatTime", now)
                .put("lastTransitionTime", before.getOrDefault(type + status, now))
                .put("reason", reason)
                .put("message", message);
    }

    private static String memory() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
                if (line.startsWith("MemTotal:")) {
                    return line.replaceAll("\\D", "") + "Ki";
                }
            }
        } catch (IOException e) {
            LOG.debug("/proc/meminfo cannot be read", e);
        }
        return io.periplus.lab.node.pod.DownwardApi.NODE_MEMORY;
    }

    private static String architecture() {
        return System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
    }

    /** Ends the heartbeat and leaves the Node as it is. */
    void abandon() {
        closed.countDown();
    }

    @Override
    public void close() {
        closed.countDown();
        heartbeat(false);
    }
}
