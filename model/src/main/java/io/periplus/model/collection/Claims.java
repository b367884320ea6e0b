package io.periplus.model.collection;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Which primary entry's value stands under which key of a derived collection. Where several yield a key, the one that
 * did so first has it, and the next one gets it when that one yields it no more. Within one refreshing this makes the
 * order in which primary entries are derived of no matter: a key changes hands whether its new holder comes before or
 * after the former one.
 *
 * @param <K>  primary keys
 * @param <K2> derived keys
 */
final class Claims<K, K2, V> {
    private final BiConsumer<K2, @Nullable V> store;
    private final Map<K2, K> holders = new HashMap<>();
    /** Those that yield a key which another one holds; there is a key here only while there are such. */
    private final Map<K2, SequencedMap<K, V>> waiting = new HashMap<>();

    /** @param store sets or (null) removes what stands under a key */
    Claims(BiConsumer<K2, @Nullable V> store) {
        this.store = store;
    }

    /** A primary entry yields this value under this key. */
    void claim(K by, K2 key, V value) {
        K holder = holders.putIfAbsent(key, by);
        if (holder == null || holder.equals(by)) {
            store.accept(key, value);
        } else {
            waiting.computeIfAbsent(key, k -> new LinkedHashMap<>()).put(by, value);
        }
    }

    /** A primary entry that yielded something under this key yields nothing more. */
    void release(K by, K2 key) {
        SequencedMap<K, V> others = waiting.get(key);
        if (!by.equals(holders.get(key))) {
            if (others != null) {
                others.remove(by);
            }
        } else {
            Map.Entry<K, V> next = others == null ? null : others.pollFirstEntry();
            if (next == null) {
                holders.remove(key);
                store.accept(key, null);
            } else {
                holders.put(key, next.getKey());
                store.accept(key, next.getValue());
            }
        }
        if (others != null && others.isEmpty()) {
            waiting.remove(key);
        }
    }
}
