package io.periplus.controlplane.xds;

import io.periplus.wire.xds.Resource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What one client wants of one type, and what of it has changed since it was last sent. The names and what is pending
 * are guarded by the catalog's lock; the rest belongs to the client's thread.
 *
 * <p>A client that asks for everything gets everything. One that names what it wants gets that, by whatever name, what
 * that brings with it, and what is on its node; from then on it follows these resources, and those that come to stand
 * for a name it has given.
 */
final class Subscription {
    /** What to send. */
    record Delta(List<Resource> resources, List<String> removed) {
        boolean isEmpty() {
            return resources.isEmpty() && removed.isEmpty();
        }
    }

    private static final String WILDCARD = "*";

    /**
     * More than all workloads and services of a large mesh, which a client may hold when it comes back. Any pod's token
     * opens a stream, and what is asked for stays in memory.
     */
    static final int NAMES_MAX = 1 << 18;

    private final String typeUrl;
    private final ResourceSet set;
    private final String node;
    private final Set<String> pending = new LinkedHashSet<>();
    /** As given by the client, whether they stand for anything or not. */
    private final Set<String> asked = new TreeSet<>();
    /** Names of resources that the client was sent otherwise; empty with the wildcard, as there may be very many. */
    private final Set<String> followed = new HashSet<>();

    private boolean wildcard;

    volatile String nonceSent = "";
    volatile String nonceAcked = "";
    volatile @Nullable String error;
    volatile @Nullable Instant sent;

    /** @param node that the client is the proxy of; empty for none */
    Subscription(String typeUrl, ResourceSet set, String node) {
        this.typeUrl = typeUrl;
        this.set = set;
        this.node = node;
    }

    String typeUrl() {
        return typeUrl;
    }

    /**
     * Takes the first request of the type: an empty list means everything, and so does a star that stays. What the client
     * holds counts as asked for.
     */
    Delta start(Collection<String> subscribe, Collection<String> unsubscribe, Map<String, String> held) {
        asked.addAll(subscribe);
        unsubscribe.forEach(asked::remove);
        wildcard = asked.remove(WILDCARD) || subscribe.isEmpty();
        set.subscribe(this);
        if (wildcard) {
            return everything(held);
        }
        asked.addAll(held.keySet());
        unsubscribe.forEach(asked::remove);
        Set<String> wanted = new LinkedHashSet<>();
        Set<String> removed = new TreeSet<>();
        find(asked, wanted, removed);
        wanted.addAll(set.onNode(node));
        followed.addAll(wanted);
        wanted.removeIf(name -> version(name).equals(held.get(name)));
        return new Delta(resources(wanted), List.copyOf(removed));
    }

    private Delta everything(Map<String, String> held) {
        List<Resource> resources = new ArrayList<>();
        for (String name : set.names()) {
            Resource resource = set.get(name);
            if (resource != null && !resource.getVersion().equals(held.get(name))) {
                resources.add(resource);
            }
        }
        Set<String> removed = new TreeSet<>();
        held.keySet().stream().filter(name -> set.get(name) == null).forEach(removed::add);
        return new Delta(resources, List.copyOf(removed));
    }

    /**
     * Takes a later change of the names; null when it changes nothing. What is asked for again is sent again: the client
     * has dropped it, or waits for an answer.
     */
    @Nullable
    Delta update(Collection<String> subscribe, Collection<String> unsubscribe) {
        Set<String> added = new LinkedHashSet<>(subscribe);
        added.removeAll(unsubscribe);
        boolean changed = !added.isEmpty();
        if (unsubscribe.contains(WILDCARD)) {
            changed |= wildcard;
            wildcard = false;
        }
        for (String name : unsubscribe) {
            changed |= asked.remove(name);
            followed.remove(name);
        }
        if (!changed) {
            return null;
        }
        Set<String> wanted = new LinkedHashSet<>();
        Set<String> removed = new LinkedHashSet<>();
        if (added.remove(WILDCARD)) {
            wildcard = true;
            followed.clear();
            wanted.addAll(set.names());
        }
        asked.addAll(added);
        find(added, wanted, removed);
        if (!wildcard) {
            followed.addAll(wanted);
        }
        return new Delta(resources(wanted), List.copyOf(removed));
    }

    private void find(Collection<String> requested, Set<String> found, Set<String> missing) {
        for (String name : requested) {
            Set<String> named = set.resolve(name);
            if (named.isEmpty()) {
                missing.add(name);
            }
            found.addAll(named);
            named.forEach(resource -> found.addAll(set.ownedBy(resource)));
        }
    }

    /** Whether the client has given more names than {@link #NAMES_MAX}. */
    boolean isTooLarge() {
        return asked.size() > NAMES_MAX;
    }

    /** Marks a changed resource for the next push, if the client wants it. */
    void changed(String name, Relations relations) {
        if (wildcard) {
            pending.add(name);
        } else if (isKnown(name) || isWanted(relations)) {
            follow(name);
            set.ownedBy(name).stream().filter(owned -> !isKnown(owned)).forEach(this::follow);
        }
    }

    private void follow(String name) {
        pending.add(name);
        followed.add(name);
    }

    private boolean isKnown(String name) {
        return followed.contains(name) || asked.contains(name);
    }

    private boolean isWanted(Relations relations) {
        return (!node.isEmpty() && relations.node().equals(node))
                || relations.owners().stream().anyMatch(this::isKnown)
                || relations.aliases().stream().anyMatch(asked::contains)
                || relations.blocks().stream().anyMatch(block -> asked.stream().anyMatch(block::contains));
    }

    /** What has changed since the last call. */
    Delta take() {
        List<String> removed =
                pending.stream().filter(name -> set.get(name) == null).toList();
        // Gone and only followed: if it comes back, it is because of something else.
        removed.forEach(followed::remove);
        Delta delta = new Delta(resources(pending), removed);
        pending.clear();
        return delta;
    }

    boolean hasPending() {
        return !pending.isEmpty();
    }

    void end() {
        set.unsubscribe(this);
    }

    private String version(String name) {
        Resource resource = set.get(name);
        return resource == null ? "" : resource.getVersion();
    }

    private List<Resource> resources(Collection<String> names) {
        List<Resource> resources = new ArrayList<>(names.size());
        for (String name : names) {
            Resource resource = set.get(name);
            if (resource != null) {
                resources.add(wildcard ? resource : named(resource));
            }
        }
        return resources;
    }

    /** With the other names that the client may have asked for it by, so that it knows what has been answered. */
    private Resource named(Resource resource) {
        Relations relations = set.relations(resource.getName());
        Resource.Builder named = resource.toBuilder().addAllAliases(relations.aliases());
        if (!relations.blocks().isEmpty()) {
            asked.stream()
                    .filter(name -> relations.blocks().stream().anyMatch(block -> block.contains(name)))
                    .forEach(named::addAliases);
        }
        return named.build();
    }
}
