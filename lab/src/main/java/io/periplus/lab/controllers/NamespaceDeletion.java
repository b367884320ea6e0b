package io.periplus.lab.controllers;

import static io.periplus.lab.store.ResourceType.NAMESPACE;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.ObjectStore;
import io.periplus.lab.store.ResourceType;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Empties a namespace that is being deleted, and lets it go when nothing is left in it: the finalizer {@code kubernetes} of
 * its spec stands for its content.
 */
final class NamespaceDeletion implements Controller<Key> {
    private static final String FINALIZER = "kubernetes";
    /** Pods take their time to end, and finalizers theirs. */
    private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

    private final ObjectStore store;
    private final Supplier<? extends Collection<ResourceType>> types;
    private final EventRecorder events;

    NamespaceDeletion(ObjectStore store, Supplier<? extends Collection<ResourceType>> types, EventRecorder events) {
        this.store = store;
        this.types = types;
        this.events = events;
    }

    @Override
    public void watch(Watches<Key> watches) {
        watches.on(NAMESPACE, namespace -> Meta.deleting(namespace) ? List.of(Key.of(namespace)) : List.of());
    }

    @Override
    public @Nullable Duration reconcile(Key key) {
        ObjectNode namespace = store.get(NAMESPACE, null, key.name());
        if (namespace == null || !Meta.deleting(namespace)) {
            return null;
        }
        var left = new TreeMap<String, Integer>();
        for (ResourceType type : types.get()) {
            if (type.namespaced()) {
                List<ObjectNode> objects = store.list(type, key.name());
                objects.forEach(object -> delete(type, object));
                int count = store.list(type, key.name()).size();
                if (count > 0) {
                    left.put(type.group().isEmpty() ? type.plural() : type.plural() + "." + type.group(), count);
                }
            }
        }
        report(key.name(), left);
        if (!left.isEmpty()) {
            return LOOK_AGAIN;
        }
        store.update(NAMESPACE, null, key.name(), copy -> {
            Meta.remove(copy.withObject("/spec"), "finalizers", FINALIZER);
            return copy;
        });
        return null;
    }

    private void delete(ResourceType type, ObjectNode object) {
        if (Meta.deleting(object)) {
            return;
        }
        try {
            store.delete(type, Meta.namespace(object), Meta.name(object), null, Meta.uid(object));
        } catch (ApiException e) {
            if (e.code() != 404 && e.code() != 409) {
                throw e;
            }
        }
    }

    private void report(String name, TreeMap<String, Integer> left) {
        String message = left.isEmpty()
                ? "All content successfully removed"
                : "Some resources are remaining: "
                        + String.join(
                                ", ",
                                left.entrySet().stream()
                                        .map(e -> e.getKey() + " has " + e.getValue() + " resource instances")
                                        .toList());
        store.updateStatus(NAMESPACE, null, name, copy -> {
            copy.withObject("/status").put("phase", "Terminating");
            Conditions.set(
                    copy,
                    "NamespaceContentRemaining",
                    !left.isEmpty(),
                    left.isEmpty() ? "ContentRemoved" : "SomeResourcesRemain",
                    message,
                    events.now());
            return copy;
        });
    }
}
