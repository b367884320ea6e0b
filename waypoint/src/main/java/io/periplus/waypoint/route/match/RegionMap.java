package io.periplus.waypoint.route.match;

import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map that is asked with a part of a string and that part's hash, so that a lookup neither copies nor hashes
 * again what a scan has passed already. Open addressing, at most half full.
 */
final class RegionMap<V> {
    private static final int SPREAD = 0x9E3779B9;

    private final @Nullable String[] keys;
    private final int[] hashes;
    private final Object[] values;
    private final boolean ignoreCase;
    private final int shift;
    private int longestKey;
    private int longestProbe;

    /**
     * @param hash as callers of {@link #find} compute it
     * @param ignoreCase whether letters of ASCII compare without case; the hash must agree
     */
    RegionMap(Map<String, V> entries, ToIntFunction<String> hash, boolean ignoreCase) {
        int bits = 2;
        while (1 << bits < entries.size() * 2) {
            bits++;
        }
        this.ignoreCase = ignoreCase;
        shift = Integer.SIZE - bits;
        keys = new String[1 << bits];
        hashes = new int[keys.length];
        values = new Object[keys.length];
        entries.forEach((key, value) -> put(key, hash.applyAsInt(key), value));
    }

    private void put(String key, int hash, V value) {
        int slot = slot(hash);
        int probes = 1;
        while (keys[slot] != null) {
            slot = slot + 1 & keys.length - 1;
            probes++;
        }
        keys[slot] = key;
        hashes[slot] = hash;
        values[slot] = value;
        longestKey = Math.max(longestKey, key.length());
        longestProbe = Math.max(longestProbe, probes);
    }

    private int slot(int hash) {
        return hash * SPREAD >>> shift;
    }

    /** The value of the key that equals the part, null if there is none. */
    @SuppressWarnings("unchecked")
    @Nullable
    V find(String text, int from, int to, int hash) {
        int length = to - from;
        for (int slot = slot(hash); ; slot = slot + 1 & keys.length - 1) {
            String key = keys[slot];
            if (key == null) {
                return null;
            }
            if (hashes[slot] == hash
                    && key.length() == length
                    && text.regionMatches(ignoreCase, from, key, 0, length)) {
                return (V) values[slot];
            }
        }
    }

    /** Characters of the longest key: nothing longer need be asked for. 0 when the map is empty. */
    int longestKey() {
        return longestKey;
    }

    /** How many slots the unluckiest key takes to find. */
    int longestProbe() {
        return longestProbe;
    }
}
