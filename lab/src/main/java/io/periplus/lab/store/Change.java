package io.periplus.lab.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * One committed write.
 *
 * @param before null for a new object
 * @param after null for a removal
 * @param last the state to report: {@code after}, or for a removal the last state with the removal's resource version
 */
public record Change(
        long resourceVersion,
        @Nullable ObjectNode before,
        @Nullable ObjectNode after,
        ObjectNode last) {
    ObjectKey key() {
        return Meta.key(last);
    }
}
