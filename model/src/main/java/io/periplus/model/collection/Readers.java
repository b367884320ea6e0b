package io.periplus.model.collection;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who read which key of a collection or index, and who read all of it (the null key). */
final class Readers<K> {
    private final Map<@Nullable K, Set<Fetch>> byKey = new HashMap<>();

    /** Whether this is news. */
    boolean add(@Nullable K key, Fetch fetch) {
        return byKey.computeIfAbsent(key, k -> new HashSet<>(2)).add(fetch);
    }

    void remove(@Nullable K key, Fetch fetch) {
        Set<Fetch> fetches = byKey.get(key);
        if (fetches != null && fetches.remove(fetch) && fetches.isEmpty()) {
            byKey.remove(key);
        }
    }

    void changed(K key) {
        invalidate(byKey.get(key));
    }

    void anyChanged() {
        invalidate(byKey.get(null));
    }

    private static void invalidate(@Nullable Set<Fetch> fetches) {
        if (fetches != null) {
            fetches.forEach(Fetch::invalidate);
        }
    }
}
