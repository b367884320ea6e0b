package io.periplus.lab.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Meta;
import io.periplus.lab.store.ObjectStore;
import io.periplus.lab.store.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The store's contract without admission and without a database: all that a node needs. */
public final class MemoryStore implements ObjectStore {
    private final TreeMap<String, ObjectNode> objects = new TreeMap<>();
    private final List<Watch> watches = new CopyOnWriteArrayList<>();
    private long version;

    @Override
    public synchronized @Nullable ObjectNode get(ResourceType type, @Nullable String namespace, String name) {
        return objects.get(key(type, namespace, name));
    }

    @Override
    public synchronized List<ObjectNode> list(ResourceType type, @Nullable String namespace) {
        String prefix = type.plural() + "/" + (namespace == null ? "" : namespace + "/");
        return objects.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(prefix))
                .map(java.util.Map.Entry::getValue)
                .toList();
    }

    @Override
    public synchronized ObjectNode create(ResourceType type, ObjectNode object) {
        ObjectNode stored = object.deepCopy();
        ObjectNode metadata = stored.withObject("metadata");
        if (!metadata.has("name")) {
            metadata.put("name", metadata.path("generateName").asText() + version);
        }
        metadata.put("uid", UUID.randomUUID().toString());
        String key = key(type, stored.at("/metadata/namespace").asText(null), Meta.name(stored));
        if (objects.containsKey(key)) {
            throw new ApiException(409, "AlreadyExists", key + " already exists");
        }
        put(type, key, stored, Watcher::added);
        return stored;
    }

    @Override
    public synchronized ObjectNode update(
            ResourceType type, @Nullable String namespace, String name, UnaryOperator<ObjectNode> change) {
        String key = key(type, namespace, name);
        ObjectNode present = objects.get(key);
        if (present == null) {
            throw new ApiException(404, "NotFound", key + " not found");
        }
        ObjectNode changed = change.apply(present.deepCopy());
        if (!changed.equals(present)) {
            put(type, key, changed, Watcher::modified);
        }
        return changed;
    }

    @Override
    public ObjectNode updateStatus(
            ResourceType type, @Nullable String namespace, String name, UnaryOperator<ObjectNode> change) {
        return update(type, namespace, name, change);
    }

    @Override
    public synchronized void delete(
            ResourceType type, @Nullable String namespace, String name, @Nullable Long grace, @Nullable String uid) {
        String key = key(type, namespace, name);
        ObjectNode present = objects.get(key);
        if (present == null) {
            throw new ApiException(404, "NotFound", key + " not found");
        }
        if (type.equals(ResourceType.POD) && (grace == null || grace > 0)) {
            long seconds = grace != null
                    ? grace
                    : Json.at(present, "spec", "terminationGracePeriodSeconds").asLong(30);
            update(type, namespace, name, pod -> {
                pod.withObject("metadata")
                        .put("deletionTimestamp", java.time.Instant.now().toString())
                        .put("deletionGracePeriodSeconds", seconds);
                return pod;
            });
            return;
        }
        objects.remove(key);
        tell(type, watcher -> watcher.deleted(present));
    }

    @Override
    public synchronized Subscription watch(ResourceType type, Watcher listener) {
        Watch watch = new Watch(type, listener, new LinkedBlockingQueue<>());
        list(type, null).forEach(object -> watch.calls.add(() -> listener.added(object)));
        watch.calls.add(listener::synced);
        watches.add(watch);
        Thread thread = Thread.ofVirtual().start(watch);
        return () -> {
            watches.remove(watch);
            thread.interrupt();
        };
    }

    private void put(
            ResourceType type,
            String key,
            ObjectNode object,
            java.util.function.BiConsumer<Watcher, ObjectNode> event) {
        object.withObject("metadata").put("resourceVersion", Long.toString(++version));
        objects.put(key, object);
        tell(type, watcher -> event.accept(watcher, object));
    }

    private void tell(ResourceType type, java.util.function.Consumer<Watcher> event) {
        for (Watch watch : new ArrayList<>(watches)) {
            if (watch.type.equals(type)) {
                watch.calls.add(() -> event.accept(watch.listener));
            }
        }
    }

    private static String key(ResourceType type, @Nullable String namespace, String name) {
        return type.plural() + "/" + (namespace == null ? "" : namespace + "/") + name;
    }

    private record Watch(ResourceType type, Watcher listener, LinkedBlockingQueue<Runnable> calls) implements Runnable {
        @Override
        public void run() {
            try {
                while (true) {
                    calls.take().run();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
