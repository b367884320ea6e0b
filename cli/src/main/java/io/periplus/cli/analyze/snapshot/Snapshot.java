package io.periplus.cli.analyze.snapshot;

import io.periplus.api.NamespacedName;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The objects of one cluster (or of manifests alone) at one time. */
public final class Snapshot {
    private final String cluster;
    private final String systemNamespace;
    private final Map<ObjectKind, Map<NamespacedName, KubeObject>> objects = new EnumMap<>(ObjectKind.class);
    private final Set<ObjectKind> unreadable = EnumSet.noneOf(ObjectKind.class);

    /**
     * An empty one.
     *
     * @param cluster for messages; empty when only one is analysed
     * @param systemNamespace where the control plane and mesh-wide policies are
     */
    public Snapshot(String cluster, String systemNamespace) {
        this.cluster = cluster;
        this.systemNamespace = systemNamespace;
    }

    /** For messages; empty when only one cluster is analysed. */
    public String cluster() {
        return cluster;
    }

    /** Where the control plane and mesh-wide policies are. */
    public String systemNamespace() {
        return systemNamespace;
    }

    /** Adds an object in place of one with the same name. */
    public void put(KubeObject object) {
        objects.computeIfAbsent(object.kind(), _ -> new LinkedHashMap<>()).put(object.key(), object);
    }

    /** Notes that objects of a kind may be there and are not here. */
    public void markUnreadable(ObjectKind kind) {
        unreadable.add(kind);
    }

    /** Whether objects of one of these kinds may be missing here. */
    public boolean lacks(Set<ObjectKind> kinds) {
        return !Collections.disjoint(unreadable, kinds);
    }

    /** Every object of a kind. */
    public Collection<KubeObject> all(ObjectKind kind) {
        return objects.getOrDefault(kind, Map.of()).values();
    }

    /** The objects of a kind in a namespace. */
    public Stream<KubeObject> in(ObjectKind kind, String namespace) {
        return all(kind).stream().filter(object -> object.namespace().equals(namespace));
    }

    /** One object, or null. */
    public @Nullable KubeObject find(ObjectKind kind, String namespace, String name) {
        return objects.getOrDefault(kind, Map.of()).get(new NamespacedName(kind.namespaced() ? namespace : "", name));
    }

    /** Whether there is a namespace of that name. */
    public boolean hasNamespace(String name) {
        return find(ObjectKind.NAMESPACE, "", name) != null;
    }
}
