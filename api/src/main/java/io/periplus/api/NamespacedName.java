package io.periplus.api;

import java.util.Comparator;

/**
 * The name of a namespaced object.
 *
 * @param namespace empty for cluster-scoped objects
 */
public record NamespacedName(String namespace, String name) implements Comparable<NamespacedName> {
    private static final Comparator<NamespacedName> ORDER =
            Comparator.comparing(NamespacedName::namespace).thenComparing(NamespacedName::name);

    @Override
    public int compareTo(NamespacedName other) {
        return ORDER.compare(this, other);
    }

    /** {@code namespace/name}, the form of xDS resource names and of Istio's messages. */
    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
