package io.periplus.lab.controllers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ResourceType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Who owns whom, by uid. Safe for use by many threads; as large as the number of objects. */
final class OwnerGraph {
    private final Map<String, Ref> objects = new HashMap<>();
    private final Map<String, Set<String>> ownersOf = new HashMap<>();
    private final Map<String, Set<Ref>> dependentsOf = new HashMap<>();

    /** One incarnation of an object. */
    record Ref(ResourceType type, @Nullable String namespace, String name, String uid) {
        static Ref of(ResourceType type, ObjectNode object) {
            return new Ref(type, Meta.namespace(object), Meta.name(object), Meta.uid(object));
        }

        @Override
        public String toString() {
            return type.kind() + " " + (namespace == null ? name : namespace + "/" + name);
        }
    }

    synchronized void put(Ref ref, List<OwnerReference> owners) {
        objects.put(ref.uid(), ref);
        Set<String> uids = owners.stream().map(OwnerReference::uid).collect(Collectors.toSet());
        Set<String> before = ownersOf.getOrDefault(ref.uid(), Set.of());
        if (uids.equals(before)) {
            return;
        }
        unlink(ref, before);
        if (uids.isEmpty()) {
            ownersOf.remove(ref.uid());
        } else {
            ownersOf.put(ref.uid(), uids);
            uids.forEach(uid ->
                    dependentsOf.computeIfAbsent(uid, u -> new HashSet<>()).add(ref));
        }
    }

    /** Forgets the object as a dependent and returns the uids of its owners. */
    synchronized Set<String> remove(Ref ref) {
        objects.remove(ref.uid());
        Set<String> before = ownersOf.remove(ref.uid());
        if (before == null) {
            return Set.of();
        }
        unlink(ref, before);
        return before;
    }

    synchronized Set<Ref> dependents(String uid) {
        return Set.copyOf(dependentsOf.getOrDefault(uid, Set.of()));
    }

    synchronized @Nullable Ref find(String uid) {
        return objects.get(uid);
    }

    private void unlink(Ref ref, Set<String> owners) {
        for (String uid : owners) {
            Set<Ref> dependents = dependentsOf.get(uid);
            if (dependents != null && dependents.remove(ref) && dependents.isEmpty()) {
                dependentsOf.remove(uid);
            }
        }
    }
}
