package io.periplus.model.collection;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A collection that is written from outside the graph, on the graph's thread. */
public final class Source<K, V> extends Collection<K, V> {
    private final @Nullable Gate<K> gate;
    private final Map<K, V> outside = new HashMap<>();
    private Set<String> shut = Set.of();

    Source(String name, @Nullable Gate<K> gate) {
        super(name);
        this.gate = gate;
    }

    /** Adds or replaces an entry; seen by others once the graph settles. */
    public void put(K key, V value) {
        if (isOut(key)) {
            outside.put(key, value);
        } else {
            store(key, value);
        }
    }

    /** Removes an entry if it is there. */
    public void remove(K key) {
        outside.remove(key);
        store(key, null);
    }

    private boolean isOut(K key) {
        return gate != null && !shut.isEmpty() && shut.contains(gate.of().apply(key));
    }

    @Override
    void refresh() {
        if (gate != null && !shut.equals(gate.shut().keys())) {
            shut = gate.shutNow();
            sort();
        }
        announce();
    }

    private void sort() {
        Map<K, V> in = new HashMap<>(outside);
        in.keySet().removeIf(this::isOut);
        Map<K, V> out = new HashMap<>(entries());
        out.keySet().removeIf(key -> !isOut(key));
        in.forEach((key, value) -> {
            outside.remove(key);
            store(key, value);
        });
        out.forEach((key, value) -> {
            store(key, null);
            outside.put(key, value);
        });
    }
}
