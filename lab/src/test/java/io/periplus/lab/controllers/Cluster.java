package io.periplus.lab.controllers;

import static io.periplus.lab.store.ResourceType.NODE;
import static io.periplus.lab.store.ResourceType.POD;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.ClusterConfig;
import io.periplus.lab.store.ObjectStore;
import io.periplus.lab.store.ResourceType;
import io.periplus.lab.store.SqliteObjectStore;
import io.periplus.lab.store.types.Definition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A cluster for tests: all controllers, and instead of nodes a kubelet that only writes what tests tell it to. */
final class Cluster implements AutoCloseable {
    private static final YAMLMapper YAML = new YAMLMapper();
    /** How long a node with a Lease may be silent. */
    static final Duration NODE_GRACE = Duration.ofMillis(300);

    final SqliteObjectStore store;
    private final Path directory;
    private final ClusterControllers controllers;
    private final ObjectStore.Subscription kubelet;
    /** Whether new pods become ready, and deleted ones go, by themselves. */
    volatile boolean podsStart = true;

    Cluster() {
        try {
            directory = Files.createTempDirectory("controllers");
            store = SqliteObjectStore.open(
                    directory.resolve("state.db"), new ClusterConfig("test", "10.96.0.0/16", "172.18.255.0/29"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        store.create(NODE, Meta.object(NODE, null, "node1"));
        controllers = ClusterControllers.start(
                store,
                this::types,
                new ClusterControllers.Settings("test", "PEM", "10.0.0.1", 6443, "10.96.0.1", "10.96.0.10", NODE_GRACE),
                InstantSource.system());
        kubelet = store.watch(POD, new ObjectStore.Watcher() {
            @Override
            public void added(ObjectNode pod) {
                modified(pod);
            }

            @Override
            public void modified(ObjectNode pod) {
                if (Meta.deleting(pod)) {
                    if (podsStart) {
                        remove(pod);
                    }
                } else if (podsStart && Pods.scheduled(pod) && Pods.phase(pod).equals("Pending")) {
                    start(pod);
                }
            }

            @Override
            public void deleted(ObjectNode last) {}
        });
    }

    /** Stores the object that a YAML text describes; its type follows from its kind. */
    ObjectNode create(String yaml) {
        ObjectNode object = yaml(yaml);
        return store.create(typeOf(object), object);
    }

    static ObjectNode yaml(String yaml) {
        try {
            return (ObjectNode) YAML.readTree(yaml);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(yaml, e);
        }
    }

    void change(ResourceType type, String name, UnaryOperator<ObjectNode> change) {
        store.update(type, "default", name, change);
    }

    @Nullable
    ObjectNode get(ResourceType type, String name) {
        return store.get(type, "default", name);
    }

    JsonNode status(ResourceType type, String name) {
        ObjectNode object = get(type, name);
        return object == null ? Meta.object() : object.path("status");
    }

    List<ObjectNode> list(ResourceType type) {
        return store.list(type, "default");
    }

    List<ObjectNode> activePods() {
        return list(POD).stream().filter(Pods::active).toList();
    }

    /** What a kubelet reports of a pod that runs and answers its probes. */
    void start(ObjectNode pod) {
        setReady(pod, true);
    }

    void setReady(ObjectNode pod, boolean ready) {
        status(pod, copy -> {
            copy.withObject("/status")
                    .put("phase", "Running")
                    .put("podIP", "10.0.1." + (Meta.uid(pod).hashCode() & 127));
            Conditions.set(copy, "Ready", ready, "", "", Instant.now());
            return copy;
        });
    }

    void finish(ObjectNode pod, String phase) {
        status(pod, copy -> {
            copy.withObject("/status").put("phase", phase);
            return copy;
        });
    }

    void remove(ObjectNode pod) {
        try {
            store.delete(POD, Meta.namespace(pod), Meta.name(pod), 0L, Meta.uid(pod));
        } catch (ApiException e) {
            if (e.code() != 404) {
                throw e;
            }
        }
    }

    static void eventually(BooleanSupplier condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .pollInterval(Duration.ofMillis(5))
                .until(condition::getAsBoolean);
    }

    private void status(ObjectNode pod, UnaryOperator<ObjectNode> change) {
        try {
            store.updateStatus(POD, Meta.namespace(pod), Meta.name(pod), change);
        } catch (ApiException e) {
            // It may be gone by now, as for a real kubelet.
            if (e.code() != 404) {
                throw e;
            }
        }
    }

    private List<ResourceType> types() {
        return store.registry().all().stream().map(Definition::storage).toList();
    }

    private ResourceType typeOf(ObjectNode object) {
        return types().stream()
                .filter(t -> t.kind().equals(object.path("kind").asText())
                        && t.apiVersion().equals(object.path("apiVersion").asText()))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        kubelet.close();
        controllers.close();
        store.close();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
