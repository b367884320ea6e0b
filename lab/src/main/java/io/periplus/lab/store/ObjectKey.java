package io.periplus.lab.store;

import org.jspecify.annotations.Nullable;

/** Where an object is among those of its type. {@code namespace} is empty for cluster-scoped types. */
record ObjectKey(String namespace, String name) implements Comparable<ObjectKey> {
    static ObjectKey of(@Nullable String namespace, String name) {
        return new ObjectKey(namespace == null ? "" : namespace, name);
    }

    @Override
    public int compareTo(ObjectKey other) {
        int byNamespace = namespace.compareTo(other.namespace);
        return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
    }
}
