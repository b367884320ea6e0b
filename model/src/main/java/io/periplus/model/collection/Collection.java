package io.periplus.model.collection;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Values keyed by name, with who read which of them. */
public abstract sealed class Collection<K, V> permits Source, Derived {
    private final String name;
    private final Map<K, V> entries = new HashMap<>();
    private final Map<K, Change<V>> changes = new LinkedHashMap<>();
    private final List<Index<?, K, V>> indexes = new ArrayList<>();
    private final List<Consumer<Map<K, Change<V>>>> observers = new ArrayList<>();
    private final Readers<K> readers = new Readers<>();
    private final List<Derived<K, V, ?, ?>> children = new ArrayList<>();

    Collection(String name) {
        this.name = name;
    }

    /** What the collection is called in debug output. */
    public final String name() {
        return name;
    }

    /** The value, or null. */
    public final @Nullable V get(K key) {
        return entries.get(key);
    }

    /** An unmodifiable view, in no particular order. */
    public final Map<K, V> entries() {
        return Collections.unmodifiableMap(entries);
    }

    /** A new index of this collection; entries may have any number of index keys. */
    public final <I> Index<I, K, V> index(Function<V, ? extends Iterable<I>> keys) {
        Index<I, K, V> index = new Index<>(keys);
        entries.forEach((key, value) -> index.update(key, new Change<>(null, value)));
        indexes.add(index);
        return index;
    }

    /** Has the observer called after each settling that changed something, with the net changes. */
    public final void observe(Consumer<Map<K, Change<V>>> observer) {
        observers.add(observer);
    }

    /** Brings the entries up to date and marks who read what changed. */
    abstract void refresh();

    final void addChild(Derived<K, V, ?, ?> child) {
        children.add(child);
    }

    final Readers<K> readers() {
        return readers;
    }

    /** Sets or (null) removes an entry; nothing happens when the value is equal to the present one. */
    final void store(K key, @Nullable V value) {
        V before = value == null ? entries.remove(key) : entries.put(key, value);
        if (!Objects.equals(before, value)) {
            changes.merge(
                    key, new Change<>(before, value), (first, second) -> new Change<>(first.before(), second.after()));
        }
    }

    final void announce() {
        changes.values().removeIf(change -> Objects.equals(change.before(), change.after()));
        changes.forEach((key, change) -> {
            for (Derived<K, V, ?, ?> child : children) {
                child.markDirty(key);
            }
            readers.changed(key);
            for (Index<?, K, V> index : indexes) {
                index.update(key, change);
            }
        });
        if (!changes.isEmpty()) {
            readers.anyChanged();
        }
    }

    final void publish() {
        if (changes.isEmpty()) {
            return;
        }
        Map<K, Change<V>> net = Collections.unmodifiableMap(new LinkedHashMap<>(changes));
        changes.clear();
        observers.forEach(observer -> observer.accept(net));
    }

    final Set<K> keys() {
        return entries.keySet();
    }
}
