package io.periplus.model.collection;

/** A collection that is written from outside the graph, on the graph's thread. */
public final class Source<K, V> extends Collection<K, V> {
    Source(String name) {
        super(name);
    }

    /** Adds or replaces an entry; seen by others once the graph settles. */
    public void put(K key, V value) {
        store(key, value);
    }

    /** Removes an entry if it is there. */
    public void remove(K key) {
        store(key, null);
    }

    @Override
    void refresh() {
        announce();
    }
}
