package io.periplus.dataplane.policy;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values by literal texts, found by any character sequence or part of one, with or without regard to case. Looking up
 * allocates nothing. Open addressing, at most half full.
 */
final class LiteralTable<V> {
    private final boolean ignoreCase;
    private final @Nullable String[] keys;
    private final @Nullable Object[] values;

    LiteralTable(Map<String, V> entries, boolean ignoreCase) {
        this.ignoreCase = ignoreCase;
        int capacity = Integer.highestOneBit(Math.max(2, entries.size() * 2)) * 2;
        this.keys = new String[capacity];
        this.values = new Object[capacity];
        entries.forEach(this::put);
    }

    private void put(String key, V value) {
        int slot = slot(Text.hash(key, 0, key.length(), ignoreCase));
        while (keys[slot] != null) {
            slot = next(slot);
        }
        keys[slot] = key;
        values[slot] = value;
    }

    /** The value for a text, or {@code null}. */
    @Nullable
    V get(CharSequence text) {
        return get(text, 0, text.length());
    }

    /** The value for the part {@code [from, to)} of a text, or {@code null}. */
    @SuppressWarnings("unchecked")
    @Nullable
    V get(CharSequence text, int from, int to) {
        int slot = slot(Text.hash(text, from, to, ignoreCase));
        String key;
        while ((key = keys[slot]) != null) {
            if (key.length() == to - from && Text.regionMatches(text, from, key, ignoreCase)) {
                return (V) values[slot];
            }
            slot = next(slot);
        }
        return null;
    }

    private int slot(int hash) {
        return (hash ^ hash >>> 16) & keys.length - 1;
    }

    private int next(int slot) {
        return slot + 1 & keys.length - 1;
    }
}
