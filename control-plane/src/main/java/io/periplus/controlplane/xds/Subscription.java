package io.periplus.controlplane.xds;

import io.periplus.wire.xds.Resource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What one client wants of one type, and what of it has changed since it was last sent. The names and what is pending
 * are guarded by the catalog's lock; the rest belongs to the client's thread.
 */
final class Subscription {
    /** What to send. */
    record Delta(List<Resource> resources, List<String> removed) {
        boolean isEmpty() {
            return resources.isEmpty() && removed.isEmpty();
        }
    }

    private static final String WILDCARD = "*";

    private final String typeUrl;
    private final ResourceSet set;
    private final Set<String> pending = new LinkedHashSet<>();
    private final Set<String> names = new TreeSet<>();
    private boolean wildcard;

    volatile String nonceSent = "";
    volatile String nonceAcked = "";
    volatile @Nullable String error;
    volatile @Nullable Instant sent;

    Subscription(String typeUrl, ResourceSet set) {
        this.typeUrl = typeUrl;
        this.set = set;
    }

    String typeUrl() {
        return typeUrl;
    }

    /** Takes the first request of the type: an empty list means everything, and so does a star that stays. */
    Delta start(Collection<String> subscribe, Collection<String> unsubscribe, Map<String, String> held) {
        names.addAll(subscribe);
        names.removeAll(unsubscribe);
        wildcard = names.remove(WILDCARD) || subscribe.isEmpty();
        set.subscribe(this);
        List<Resource> resources = new ArrayList<>();
        Set<String> wanted = wildcard ? set.names() : resolved(names);
        for (String name : wanted) {
            Resource resource = set.get(name);
            if (resource != null && !resource.getVersion().equals(held.get(name))) {
                resources.add(resource);
            }
        }
        Set<String> removed = new TreeSet<>();
        held.keySet().stream().filter(name -> set.get(name) == null).forEach(removed::add);
        if (!wildcard) {
            names.stream().filter(name -> set.resolve(name).isEmpty()).forEach(removed::add);
        }
        return new Delta(resources, List.copyOf(removed));
    }

    /** Takes a later change of the names; null when it changes nothing. */
    @Nullable
    Delta update(Collection<String> subscribe, Collection<String> unsubscribe) {
        Set<String> added = new LinkedHashSet<>(subscribe);
        added.removeAll(unsubscribe);
        boolean changed = !added.isEmpty();
        if (added.remove(WILDCARD)) {
            wildcard = true;
            added.addAll(set.names());
        }
        if (unsubscribe.contains(WILDCARD)) {
            changed |= wildcard;
            wildcard = false;
        }
        changed |= names.removeAll(unsubscribe);
        if (!changed) {
            return null;
        }
        names.addAll(added);
        List<Resource> resources = new ArrayList<>();
        List<String> removed = new ArrayList<>();
        for (String name : added) {
            Set<String> found = set.resolve(name);
            if (found.isEmpty()) {
                removed.add(name);
            }
            found.forEach(resolved -> add(resources, set.get(resolved)));
        }
        return new Delta(resources, removed);
    }

    /** Marks a changed resource for the next push. */
    void changed(String name, Set<String> aliases) {
        if (wildcard || names.contains(name) || aliases.stream().anyMatch(names::contains)) {
            pending.add(name);
        }
    }

    /** What has changed since the last call. */
    Delta take() {
        List<Resource> resources = new ArrayList<>();
        List<String> removed = new ArrayList<>();
        for (String name : pending) {
            Resource resource = set.get(name);
            if (resource == null) {
                removed.add(name);
            } else {
                resources.add(resource);
            }
        }
        pending.clear();
        return new Delta(resources, removed);
    }

    boolean hasPending() {
        return !pending.isEmpty();
    }

    void end() {
        set.unsubscribe(this);
    }

    private Set<String> resolved(Set<String> requested) {
        Set<String> result = new LinkedHashSet<>();
        requested.forEach(name -> result.addAll(set.resolve(name)));
        return result;
    }

    private static void add(List<Resource> resources, @Nullable Resource resource) {
        if (resource != null) {
            resources.add(resource);
        }
    }
}
