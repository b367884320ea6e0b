package io.periplus.model.collection;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A collection computed from another one, entry by entry. */
final class Derived<K, P, K2, V> extends Collection<K2, V> {
    private static final Logger LOG = LoggerFactory.getLogger(Derived.class);

    /** From one primary entry to any number of entries. */
    interface Derivation<K, P, K2, V> {
        Map<K2, V> apply(Fetch fetch, K key, P value);
    }

    private final Collection<K, P> primary;
    private final Derivation<K, P, K2, V> derivation;
    private final Set<K> dirty = new LinkedHashSet<>();
    private final Map<K, Fetch> reads = new HashMap<>();
    private final Map<K, Set<K2>> outputs = new HashMap<>();
    // Null where nobody can contend for a key, which saves an entry for each.
    private final @Nullable Claims<K, K2, V> claims;

    /** @param shared whether two primary entries may yield the same key */
    Derived(String name, Collection<K, P> primary, Derivation<K, P, K2, V> derivation, boolean shared) {
        super(name);
        claims = shared ? new Claims<>(this::store) : null;
        this.primary = primary;
        this.derivation = derivation;
        primary.addChild(this);
        dirty.addAll(primary.keys());
    }

    void markDirty(K key) {
        dirty.add(key);
    }

    @Override
    void refresh() {
        for (K key : dirty) {
            recompute(key);
        }
        dirty.clear();
        announce();
    }

    private void recompute(K key) {
        Fetch former = reads.remove(key);
        if (former != null) {
            former.forget();
        }
        P value = primary.get(key);
        Map<K2, V> results = Map.of();
        if (value != null) {
            Fetch fetch = new Fetch(() -> markDirty(key));
            reads.put(key, fetch);
            try {
                results = derivation.apply(fetch, key, value);
            } catch (RuntimeException e) {
                // One object that trips a derivation must not stop the others; what was derived of it before stays.
                LOG.error("{}: {} cannot be derived and stays as it was", name(), key, e);
                return;
            }
        }
        Set<K2> formerKeys = results.isEmpty() ? outputs.remove(key) : outputs.put(key, Set.copyOf(results.keySet()));
        if (formerKeys != null) {
            for (K2 formerKey : formerKeys) {
                if (!results.containsKey(formerKey)) {
                    release(key, formerKey);
                }
            }
        }
        results.forEach((resultKey, result) -> claim(key, resultKey, result));
    }

    private void claim(K by, K2 key, V value) {
        if (claims == null) {
            store(key, value);
        } else {
            claims.claim(by, key, value);
        }
    }

    private void release(K by, K2 key) {
        if (claims == null) {
            store(key, null);
        } else {
            claims.release(by, key);
        }
    }
}
