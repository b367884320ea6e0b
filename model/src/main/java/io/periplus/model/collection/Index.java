package io.periplus.model.collection;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Entries of a collection by a second key. Keys of the collection must be comparable, so that answers have an order. */
public final class Index<I, K, V> {
    private final Function<V, ? extends Iterable<I>> keysOf;
    private final Map<I, SortedMap<K, V>> buckets = new HashMap<>();
    private final Readers<I> readers = new Readers<>();

    Index(Function<V, ? extends Iterable<I>> keysOf) {
        this.keysOf = keysOf;
    }

    /** The values in the order of their collection keys. */
    public List<V> get(I key) {
        SortedMap<K, V> bucket = buckets.get(key);
        return bucket == null ? List.of() : List.copyOf(bucket.values());
    }

    /** The number of values. */
    public int count(I key) {
        SortedMap<K, V> bucket = buckets.get(key);
        return bucket == null ? 0 : bucket.size();
    }

    Readers<I> readers() {
        return readers;
    }

    void update(K key, Change<V> change) {
        List<I> former = keysOf(change.before());
        List<I> present = keysOf(change.after());
        for (I indexKey : former) {
            SortedMap<K, V> bucket = buckets.get(indexKey);
            if (bucket != null && !present.contains(indexKey)) {
                bucket.remove(key);
                if (bucket.isEmpty()) {
                    buckets.remove(indexKey);
                }
            }
            readers.changed(indexKey);
        }
        V after = change.after();
        if (after != null) {
            for (I indexKey : present) {
                buckets.computeIfAbsent(indexKey, k -> new TreeMap<>()).put(key, after);
                readers.changed(indexKey);
            }
        }
    }

    private List<I> keysOf(@Nullable V value) {
        if (value == null) {
            return List.of();
        }
        List<I> keys = new ArrayList<>();
        keysOf.apply(value).forEach(keys::add);
        return keys;
    }
}
