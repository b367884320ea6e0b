package io.periplus.lab.controllers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * Names the object that a reconciliation is about, among those of one type.
 *
 * @param namespace null for cluster-scoped objects
 */
record Key(@Nullable String namespace, String name) {
    static Key of(ObjectNode object) {
        return new Key(Meta.namespace(object), Meta.name(object));
    }

    /** The key's namespace, for controllers of namespaced objects. */
    String ns() {
        if (namespace == null) {
            throw new IllegalStateException(name + " has no namespace (expected: a namespaced object)");
        }
        return namespace;
    }

    @Override
    public String toString() {
        return namespace == null ? name : namespace + "/" + name;
    }
}
