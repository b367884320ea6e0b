package io.periplus.model.collection;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** The owner of a set of collections; confined to one thread. */
public final class Graph {
    private final List<Collection<?, ?>> collections = new ArrayList<>();

    /** A new collection that is written from outside. */
    public <K, V> Source<K, V> source(String name) {
        return add(new Source<>(name, null));
    }

    /** The same, of which only some entries are let in. The gate's collection has to be made before. */
    public <K, V> Source<K, V> source(String name, Gate<K> gate) {
        return add(new Source<>(name, gate));
    }

    /** A new collection with at most one entry for each entry of {@code primary}, under the same key. */
    public <K, P, V> Collection<K, V> map(
            String name, Collection<K, P> primary, BiFunction<Fetch, P, @Nullable V> function) {
        Derived<K, P, K, V> derived = new Derived<>(
                name,
                primary,
                (fetch, key, value) -> {
                    V result = function.apply(fetch, value);
                    return result == null ? Map.of() : Map.of(key, result);
                },
                false);
        return add(derived);
    }

    /**
     * A new collection with any number of entries for each entry of {@code primary}. Where several primary entries yield
     * a key, the one that did so first has it, and the next one once that yields it no more.
     */
    public <K, P, K2, V> Collection<K2, V> flatMap(
            String name, Collection<K, P> primary, BiFunction<Fetch, P, Map<K2, V>> function) {
        return add(new Derived<>(name, primary, (fetch, key, value) -> function.apply(fetch, value), true));
    }

    /** The same for a function that needs the key of the primary entry. */
    public <K, P, K2, V> Collection<K2, V> flatMapEntries(
            String name, Collection<K, P> primary, EntryFunction<K, P, K2, V> function) {
        return add(new Derived<>(name, primary, function::apply, true));
    }

    /** From one primary entry to any number of entries. */
    @FunctionalInterface
    public interface EntryFunction<K, P, K2, V> {
        Map<K2, V> apply(Fetch fetch, K key, P value);
    }

    /** Recomputes everything that depends on what was written since the last call, then tells the observers. */
    public void settle() {
        for (Collection<?, ?> collection : collections) {
            collection.refresh();
        }
        for (Collection<?, ?> collection : collections) {
            collection.publish();
        }
    }

    /** All collections in the order in which they were made. */
    public List<Collection<?, ?>> collections() {
        return List.copyOf(collections);
    }

    private <C extends Collection<?, ?>> C add(C collection) {
        collections.add(collection);
        return collection;
    }
}
