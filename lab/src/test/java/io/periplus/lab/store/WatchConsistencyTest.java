package io.periplus.lab.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several writers at once; whoever watches ends up with exactly what is stored, also after a restart. */
class WatchConsistencyTest {
    private static final ClusterConfig CONFIG = new ClusterConfig("cluster1", "10.96.0.0/16", "172.18.1.0/24");
    private static final int WRITERS = 4;
    private static final int WRITES = 200;
    private static final int NAMES = 10;

    @TempDir
    Path directory;

    private static ObjectNode configMap(int name) {
        ObjectNode map = Json.object().put("apiVersion", "v1").put("kind", "ConfigMap");
        map.putObject("metadata").put("namespace", "default").put("name", "map" + name);
        return map;
    }

    private static Map<String, String> contents(SqliteObjectStore store) {
        Map<String, String> contents = new TreeMap<>();
        store.list(ResourceType.CONFIG_MAP, null)
                .forEach(map -> contents.put(Meta.name(map), Json.text(map, "metadata", "resourceVersion")));
        return contents;
    }

    @Test
    void everyWatcherEndsWithWhatIsStored() throws Exception {
        Map<String, String> stored;
        try (SqliteObjectStore store = SqliteObjectStore.open(directory.resolve("state.db"), CONFIG)) {
            ObjectNode namespace = Json.object().put("apiVersion", "v1").put("kind", "Namespace");
            namespace.putObject("metadata").put("name", "default");
            store.create(ResourceType.NAMESPACE, namespace);
            Mirror mirror = new Mirror();
            AtomicInteger increments = new AtomicInteger();
            try (ObjectStore.Subscription _ = store.watch(ResourceType.CONFIG_MAP, mirror)) {
                List<Thread> writers = new ArrayList<>();
                for (int i = 0; i < WRITERS; i++) {
                    writers.add(Thread.ofVirtual().start(() -> write(store, increments)));
                }
                for (Thread writer : writers) {
                    writer.join();
                }
                await().untilAsserted(() -> assertThat(mirror.seen).isEqualTo(contents(store)));
                assertThat(mirror.problems).isEmpty();
            }
            // Increments of one counter by all writers: none is lost.
            assertThat(Json.text(
                            store.list(ResourceType.NAMESPACE, null).getFirst(), "metadata", "annotations", "count"))
                    .isEqualTo(Integer.toString(increments.get()));
            stored = contents(store);
        }
        try (SqliteObjectStore store = SqliteObjectStore.open(directory.resolve("state.db"), CONFIG)) {
            assertThat(contents(store)).isEqualTo(stored);
        }
    }

    private static void write(SqliteObjectStore store, AtomicInteger increments) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        for (int i = 0; i < WRITES; i++) {
            int name = random.nextInt(NAMES);
            int value = i;
            try {
                switch (random.nextInt(4)) {
                    case 0 -> store.create(ResourceType.CONFIG_MAP, configMap(name));
                    case 1 -> store.delete(ResourceType.CONFIG_MAP, "default", "map" + name, null, null);
                    case 2 ->
                        store.update(ResourceType.CONFIG_MAP, "default", "map" + name, map -> {
                            Json.ensureObject(map, "data").put("value", Integer.toString(value));
                            return map;
                        });
                    default -> {
                        store.update(ResourceType.NAMESPACE, null, "default", object -> {
                            ObjectNode annotations = Json.ensureObject(Meta.of(object), "annotations");
                            annotations.put(
                                    "count",
                                    Integer.toString(annotations.path("count").asInt() + 1));
                            return object;
                        });
                        increments.incrementAndGet();
                    }
                }
            } catch (ApiException e) {
                assertThat(e.code()).isIn(404, 409);
            }
        }
    }

    /** What a watcher knows. Adds of known objects, changes and removals of unknown ones are problems. */
    private static final class Mirror implements ObjectStore.Watcher {
        final Map<String, String> seen = new ConcurrentSkipListMap<>();
        final List<String> problems = new CopyOnWriteArrayList<>();

        @Override
        public void added(ObjectNode object) {
            if (seen.put(Meta.name(object), Json.text(object, "metadata", "resourceVersion")) != null) {
                problems.add("added twice: " + Meta.name(object));
            }
        }

        @Override
        public void modified(ObjectNode object) {
            if (seen.put(Meta.name(object), Json.text(object, "metadata", "resourceVersion")) == null) {
                problems.add("modified before it was added: " + Meta.name(object));
            }
        }

        @Override
        public void deleted(ObjectNode last) {
            if (seen.remove(Meta.name(last)) == null) {
                problems.add("deleted before it was added: " + Meta.name(last));
            }
        }
    }
}
