package io.periplus.lab.controllers;

import static io.periplus.lab.controllers.Types.CUSTOM_RESOURCE_DEFINITION;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.controllers.OwnerGraph.Ref;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.ObjectStore;
import io.periplus.lab.store.ResourceType;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Deletes objects all of whose owners are gone (background propagation), holds an owner back until those who block its
 * deletion are gone (foreground), or releases them (orphan). The API server marks the latter two with finalizers.
 */
final class GarbageCollector implements Controller<Ref> {
    static final String FOREGROUND = "foregroundDeletion";
    static final String ORPHAN = "orphan";
    /** Written often and never owned: not worth a watch. */
    private static final Set<ResourceType> IGNORED = Set.of(ResourceType.EVENT, ResourceType.LEASE);

    private final ObjectStore store;
    private final Supplier<? extends Collection<ResourceType>> types;
    private final OwnerGraph graph = new OwnerGraph();
    private final Set<ResourceType> watched = ConcurrentHashMap.newKeySet();

    GarbageCollector(ObjectStore store, Supplier<? extends Collection<ResourceType>> types) {
        this.store = store;
        this.types = types;
    }

    @Override
    public void watch(Watches<Ref> watches) {
        watchTypes(watches);
        watches.on(CUSTOM_RESOURCE_DEFINITION, definition -> {
            watchTypes(watches);
            return List.of();
        });
    }

    @Override
    public @Nullable Duration reconcile(Ref ref) {
        ObjectNode object = store.get(ref.type(), ref.namespace(), ref.name());
        if (object == null || !Meta.uid(object).equals(ref.uid())) {
            return null;
        }
        if (Meta.deleting(object)) {
            if (Meta.hasFinalizer(object, ORPHAN)) {
                graph.dependents(ref.uid()).forEach(dependent -> release(dependent, ref.uid()));
                removeFinalizer(ref, ORPHAN);
            } else if (Meta.hasFinalizer(object, FOREGROUND)) {
                deleteDependentsFirst(ref);
            }
            return null;
        }
        List<OwnerReference> owners = Meta.owners(object);
        if (!owners.isEmpty() && owners.stream().noneMatch(owner -> exists(object, owner))) {
            delete(ref);
        }
        return null;
    }

    private void watchTypes(Watches<Ref> watches) {
        for (ResourceType type : types.get()) {
            if (!IGNORED.contains(type) && watched.add(type)) {
                watches.watch(type, new Tracker(type, watches));
            }
        }
    }

    /** Keeps the graph and names the objects that a change puts in question. */
    private final class Tracker implements ObjectStore.Watcher {
        private final ResourceType type;
        private final Watches<Ref> watches;

        Tracker(ResourceType type, Watches<Ref> watches) {
            this.type = type;
            this.watches = watches;
        }

        @Override
        public void added(ObjectNode object) {
            modified(object);
        }

        @Override
        public void modified(ObjectNode object) {
            Ref ref = Ref.of(type, object);
            List<OwnerReference> owners = Meta.owners(object);
            graph.put(ref, owners);
            if (!owners.isEmpty() || Meta.deleting(object)) {
                watches.enqueue(ref);
            }
        }

        @Override
        public void deleted(ObjectNode last) {
            Ref ref = Ref.of(type, last);
            Set<String> owners = graph.remove(ref);
            graph.dependents(ref.uid()).forEach(watches::enqueue);
            owners.forEach(owner -> {
                Ref waiting = graph.find(owner);
                if (waiting != null) {
                    watches.enqueue(waiting);
                }
            });
        }
    }

    private void deleteDependentsFirst(Ref owner) {
        boolean blocked = false;
        for (Ref dependent : graph.dependents(owner.uid())) {
            ObjectNode object = store.get(dependent.type(), dependent.namespace(), dependent.name());
            if (object == null || !Meta.uid(object).equals(dependent.uid())) {
                continue;
            }
            blocked |= Meta.owners(object).stream().anyMatch(o -> o.uid().equals(owner.uid()) && o.blocks());
            if (!Meta.deleting(object)) {
                delete(dependent);
            }
        }
        if (!blocked) {
            removeFinalizer(owner, FOREGROUND);
        }
    }

    private boolean exists(ObjectNode dependent, OwnerReference owner) {
        for (ResourceType type : types.get()) {
            if (type.kind().equals(owner.kind()) && type.group().equals(owner.group())) {
                ObjectNode present =
                        store.get(type, type.namespaced() ? Meta.namespace(dependent) : null, owner.name());
                return present != null && Meta.uid(present).equals(owner.uid());
            }
        }
        // An owner of a kind that this API does not have cannot be asked; its dependents stay.
        return true;
    }

    private void release(Ref dependent, String owner) {
        try {
            store.update(dependent.type(), dependent.namespace(), dependent.name(), copy -> {
                Meta.owners(copy).stream().filter(o -> o.uid().equals(owner)).forEach(o -> o.removeFrom(copy));
                return copy;
            });
        } catch (ApiException e) {
            ignoreGone(e);
        }
    }

    private void removeFinalizer(Ref ref, String finalizer) {
        try {
            store.update(ref.type(), ref.namespace(), ref.name(), copy -> {
                Meta.removeFinalizer(copy, finalizer);
                return copy;
            });
        } catch (ApiException e) {
            ignoreGone(e);
        }
    }

    private void delete(Ref ref) {
        try {
            store.delete(ref.type(), ref.namespace(), ref.name(), null, ref.uid());
        } catch (ApiException e) {
            ignoreGone(e);
        }
    }

    private static void ignoreGone(ApiException e) {
        if (e.code() != 404 && e.code() != 409) {
            throw e;
        }
    }
}
