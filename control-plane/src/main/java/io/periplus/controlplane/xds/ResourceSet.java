package io.periplus.controlplane.xds;

import io.periplus.wire.xds.Resource;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Resources by name and by what else they are found by, and who subscribed to them. Guarded by the catalog's lock. */
final class ResourceSet {
    private record Entry(Resource resource, Relations relations) {}

    private final Map<String, Entry> entries = new HashMap<>();
    private final Map<String, Set<String>> namesByAlias = new HashMap<>();
    private final Map<String, Set<String>> namesByOwner = new HashMap<>();
    private final Map<String, Set<String>> namesByNode = new HashMap<>();
    /** Those that have blocks, which are few. */
    private final Set<String> withBlocks = new LinkedHashSet<>();

    private final Set<Subscription> subscriptions = new LinkedHashSet<>();

    /** Sets or removes (null) a resource and marks it as pending for whoever subscribed to it. */
    void change(String name, @Nullable Resource resource, Relations relations) {
        Entry before = entries.remove(name);
        if (before != null) {
            unlink(name, before.relations());
        }
        if (resource != null) {
            entries.put(name, new Entry(resource, relations));
            link(name, relations);
        }
        for (Subscription subscription : subscriptions) {
            subscription.changed(name, resource == null ? Relations.NONE : relations);
        }
    }

    private void link(String name, Relations relations) {
        relations.aliases().forEach(alias -> link(namesByAlias, alias, name));
        relations.owners().forEach(owner -> link(namesByOwner, owner, name));
        if (!relations.node().isEmpty()) {
            link(namesByNode, relations.node(), name);
        }
        if (!relations.blocks().isEmpty()) {
            withBlocks.add(name);
        }
    }

    private void unlink(String name, Relations relations) {
        relations.aliases().forEach(alias -> unlink(namesByAlias, alias, name));
        relations.owners().forEach(owner -> unlink(namesByOwner, owner, name));
        unlink(namesByNode, relations.node(), name);
        withBlocks.remove(name);
    }

    private static void link(Map<String, Set<String>> map, String key, String name) {
        map.computeIfAbsent(key, k -> new LinkedHashSet<>()).add(name);
    }

    private static void unlink(Map<String, Set<String>> map, String key, String name) {
        Set<String> names = map.get(key);
        if (names != null && names.remove(name) && names.isEmpty()) {
            map.remove(key);
        }
    }

    @Nullable
    Resource get(String name) {
        Entry entry = entries.get(name);
        return entry == null ? null : entry.resource();
    }

    Relations relations(String name) {
        Entry entry = entries.get(name);
        return entry == null ? Relations.NONE : entry.relations();
    }

    /**
     * The names that a requested name, alias or address within a block stands for, without what they bring with them;
     * empty when there is no such resource.
     */
    Set<String> resolve(String requested) {
        if (entries.containsKey(requested)) {
            return Set.of(requested);
        }
        Set<String> found = new LinkedHashSet<>(namesByAlias.getOrDefault(requested, Set.of()));
        for (String name : withBlocks) {
            if (relations(name).blocks().stream().anyMatch(block -> block.contains(requested))) {
                found.add(name);
            }
        }
        return found;
    }

    /** What comes with a resource: the workloads of a service. */
    Set<String> ownedBy(String name) {
        return namesByOwner.getOrDefault(name, Set.of());
    }

    /** What is on a node. */
    Set<String> onNode(String node) {
        return namesByNode.getOrDefault(node, Set.of());
    }

    Set<String> names() {
        return entries.keySet();
    }

    void subscribe(Subscription subscription) {
        subscriptions.add(subscription);
    }

    void unsubscribe(Subscription subscription) {
        subscriptions.remove(subscription);
    }

    boolean isUnused() {
        return entries.isEmpty() && subscriptions.isEmpty();
    }
}
