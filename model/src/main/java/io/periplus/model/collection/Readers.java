package io.periplus.model.collection;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who read which key of a collection or index, and who read all of it (the null key). */
final class Readers<K> {
    private final Map<@Nullable K, Set<Fetch>> byKey = new HashMap<>();

    void add(@Nullable K key, Fetch fetch) {
        byKey.computeIfAbsent(key, k -> new LinkedHashSet<>()).add(fetch);
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
