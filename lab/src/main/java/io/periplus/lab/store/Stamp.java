package io.periplus.lab.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** Looks at a write after defaults were set, and may add to the object; how managed fields are kept. */
@FunctionalInterface
public interface Stamp {
    Stamp NONE = (before, after) -> {};

    /** @param before null for a new object; never change it */
    void stamp(@Nullable ObjectNode before, ObjectNode after);
}
