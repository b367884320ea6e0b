package io.periplus.model.collection;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a derivation reads other collections: what was read is written down, and a change of it recomputes the entry. */
public final class Fetch {
    private record Read<T>(Readers<T> readers, @Nullable T key) {
        void end(Fetch fetch) {
            readers.remove(key, fetch);
        }
    }

    private final Runnable invalidate;
    // A derivation reads a handful of things: a list is smaller than a set and as fast.
    private final List<Read<?>> reads = new ArrayList<>(4);

    Fetch(Runnable invalidate) {
        this.invalidate = invalidate;
    }

    /** The value, or null; depends on this one entry. */
    public <K, V> @Nullable V get(Collection<K, V> collection, K key) {
        record(collection.readers(), key);
        return collection.get(key);
    }

    /** All values with this index key, in the order of their keys if those are comparable; depends on just these. */
    public <I, K, V> List<V> by(Index<I, K, V> index, I key) {
        record(index.readers(), key);
        return index.get(key);
    }

    /** The number of values with this index key; depends on just these. */
    public <I, K, V> int count(Index<I, K, V> index, I key) {
        record(index.readers(), key);
        return index.count(key);
    }

    /** All entries; depends on every one of them, so meant for small collections. */
    public <K, V> Map<K, V> all(Collection<K, V> collection) {
        record(collection.readers(), null);
        return collection.entries();
    }

    void invalidate() {
        invalidate.run();
    }

    void forget() {
        List<Read<?>> ended = new ArrayList<>(reads);
        reads.clear();
        ended.forEach(read -> read.end(this));
    }

    private <T> void record(Readers<T> readers, @Nullable T key) {
        if (readers.add(key, this)) {
            reads.add(new Read<>(readers, key));
        }
    }
}
