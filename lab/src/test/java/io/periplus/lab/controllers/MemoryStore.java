package io.periplus.lab.controllers;

import static io.periplus.lab.store.ResourceType.NAMESPACE;
import static io.periplus.lab.store.ResourceType.POD;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.ObjectStore;
import io.periplus.lab.store.ResourceType;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The smallest store that controllers can be tested with: no defaults, no validation; finalizers and generations as in the real one. */
final class MemoryStore implements ObjectStore {
    private final TreeMap<String, Entry> objects = new TreeMap<>();
    private final List<Watch> watches = new CopyOnWriteArrayList<>();
    private long version;

    private record Entry(ResourceType type, ObjectNode object) {}

    private record Watch(ResourceType type, Watcher watcher, ExecutorService executor) {}

    @Override
    public synchronized @Nullable ObjectNode get(ResourceType type, @Nullable String namespace, String name) {
        Entry entry = objects.get(key(type, namespace, name));
        return entry == null ? null : entry.object();
    }

    @Override
    public synchronized List<ObjectNode> list(ResourceType type, @Nullable String namespace) {
        return objects.values().stream()
                .filter(e -> e.type().equals(type)
                        && (namespace == null || namespace.equals(Meta.namespace(e.object()))))
                .map(Entry::object)
                .toList();
    }

    @Override
    public synchronized ObjectNode create(ResourceType type, ObjectNode given) {
        ObjectNode object = given.deepCopy();
        ObjectNode metadata = object.withObject("/metadata");
        if (!metadata.hasNonNull("name")) {
            metadata.put("name", metadata.path("generateName").asText()
                    + UUID.randomUUID().toString().substring(0, 5));
        }
        String namespace = Meta.namespace(object);
        if (namespace != null) {
            ObjectNode home = get(NAMESPACE, null, namespace);
            if (home != null && Meta.deleting(home)) {
                throw new ApiException(403, "Forbidden", "namespace " + namespace + " is being terminated");
            }
        }
        if (type.equals(NAMESPACE)) {
            object.withObject("/spec").putArray("finalizers").add("kubernetes");
        }
        String key = key(type, namespace, Meta.name(object));
        if (objects.containsKey(key)) {
            throw new ApiException(409, "AlreadyExists", key + " already exists");
        }
        metadata.put("uid", UUID.randomUUID().toString());
        metadata.put("creationTimestamp", Meta.time(Instant.now()));
        metadata.put("generation", 1);
        return put(key, type, object, w -> w.added(object));
    }

    @Override
    public synchronized ObjectNode update(
            ResourceType type, @Nullable String namespace, String name, UnaryOperator<ObjectNode> change) {
        ObjectNode before = existing(type, namespace, name);
        ObjectNode after = change.apply(before.deepCopy());
        if (!before.path("spec").equals(after.path("spec"))) {
            after.withObject("/metadata").put("generation", Meta.generation(before) + 1);
        }
        return store(type, before, after);
    }

    @Override
    public synchronized ObjectNode updateStatus(
            ResourceType type, @Nullable String namespace, String name, UnaryOperator<ObjectNode> change) {
        ObjectNode before = existing(type, namespace, name);
        ObjectNode after = before.deepCopy();
        JsonNode status = change.apply(before.deepCopy()).path("status");
        if (!status.isMissingNode()) {
            after.set("status", status);
        }
        return store(type, before, after);
    }

    @Override
    public synchronized void delete(
            ResourceType type,
            @Nullable String namespace,
            String name,
            @Nullable Long graceSeconds,
            @Nullable String uid) {
        ObjectNode before = existing(type, namespace, name);
        if (uid != null && !uid.equals(Meta.uid(before))) {
            throw new ApiException(409, "Conflict", "another uid");
        }
        boolean grace = type.equals(POD)
                && Pods.scheduled(before)
                && (graceSeconds == null || graceSeconds > 0);
        ObjectNode after = before.deepCopy();
        after.withObject("/metadata").put("deletionTimestamp", Meta.time(Instant.now()));
        if (!grace) {
            after.withObject("/metadata").put("deletionGracePeriodSeconds", 0);
        }
        store(type, before, after);
    }

    @Override
    public synchronized Subscription watch(ResourceType type, Watcher listener) {
        var watch = new Watch(type, listener, Executors.newSingleThreadExecutor(Thread.ofVirtual().factory()));
        list(type, null).forEach(o -> watch.executor().execute(() -> listener.added(o)));
        watch.executor().execute(listener::synced);
        watches.add(watch);
        return () -> {
            watches.remove(watch);
            watch.executor().close();
        };
    }

    /** Adds a finalizer, as the API server does for other kinds of propagation, and deletes. */
    void deleteWith(String finalizer, ResourceType type, String namespace, String name) {
        update(type, namespace, name, copy -> {
            copy.withObject("/metadata").withArray("finalizers").add(finalizer);
            return copy;
        });
        delete(type, namespace, name, null, null);
    }

    private ObjectNode store(ResourceType type, ObjectNode before, ObjectNode after) {
        if (after.equals(before)) {
            return before;
        }
        String key = key(type, Meta.namespace(after), Meta.name(after));
        boolean held = !after.path("metadata").path("finalizers").isEmpty()
                || !after.path("spec").path("finalizers").isEmpty()
                || type.equals(POD) && !after.path("metadata").has("deletionGracePeriodSeconds");
        if (Meta.deleting(after) && !held) {
            objects.remove(key);
            tell(type, w -> w.deleted(after));
            return after;
        }
        return put(key, type, after, w -> w.modified(after));
    }

    private ObjectNode put(String key, ResourceType type, ObjectNode object, Consumer<Watcher> event) {
        object.withObject("/metadata").put("resourceVersion", Long.toString(++version));
        objects.put(key, new Entry(type, object));
        tell(type, event);
        return object;
    }

    private void tell(ResourceType type, Consumer<Watcher> event) {
        watches.stream()
                .filter(w -> w.type().equals(type))
                .forEach(w -> w.executor().execute(() -> event.accept(w.watcher())));
    }

    private ObjectNode existing(ResourceType type, @Nullable String namespace, String name) {
        ObjectNode object = get(type, namespace, name);
        if (object == null) {
            throw new ApiException(404, "NotFound", type.plural() + " \"" + name + "\" not found");
        }
        return object;
    }

    private static String key(ResourceType type, @Nullable String namespace, String name) {
        return String.join("/", type.group(), type.plural(), namespace == null ? "" : namespace, name);
    }
}
