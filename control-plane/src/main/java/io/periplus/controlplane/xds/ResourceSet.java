package io.periplus.controlplane.xds;

import io.periplus.wire.xds.Resource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Resources by name and alias, and who subscribed to them. Guarded by the catalog's lock. */
final class ResourceSet {
    private record Entry(Resource resource, List<String> aliases) {}

    private final Map<String, Entry> entries = new HashMap<>();
    private final Map<String, Set<String>> namesByAlias = new HashMap<>();
    private final Set<Subscription> subscriptions = new LinkedHashSet<>();

    /** Sets or removes (null) a resource and marks it as pending for whoever subscribed to it. */
    void change(String name, @Nullable Resource resource, List<String> aliases) {
        Entry before = resource == null ? entries.remove(name) : entries.put(name, new Entry(resource, aliases));
        Set<String> known = new HashSet<>(aliases);
        if (before != null) {
            for (String alias : before.aliases()) {
                known.add(alias);
                Set<String> names = namesByAlias.get(alias);
                if (names != null && names.remove(name) && names.isEmpty()) {
                    namesByAlias.remove(alias);
                }
            }
        }
        if (resource != null) {
            aliases.forEach(alias -> namesByAlias
                    .computeIfAbsent(alias, a -> new LinkedHashSet<>())
                    .add(name));
        }
        for (Subscription subscription : subscriptions) {
            subscription.changed(name, known);
        }
    }

    @Nullable
    Resource get(String name) {
        Entry entry = entries.get(name);
        return entry == null ? null : entry.resource();
    }

    /** The names that a requested name or alias stands for; empty when there is no such resource. */
    Set<String> resolve(String requested) {
        return entries.containsKey(requested)
                ? Set.of(requested)
                : Set.copyOf(namesByAlias.getOrDefault(requested, Set.of()));
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
