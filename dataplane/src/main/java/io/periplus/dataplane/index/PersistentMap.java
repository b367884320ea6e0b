package io.periplus.dataplane.index;

import java.util.Arrays;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map whose changed copy shares all but one path with the original (a hash array mapped trie with 32
 * branches). A push that changes a few of many thousand resources copies a few hundred words, not the whole index,
 * and readers keep the snapshot they started with.
 */
final class PersistentMap<K, V> {
    private static final int BITS = 5;
    private static final int MASK = (1 << BITS) - 1;
    private static final int HASH_BITS = 32;
    private static final PersistentMap<?, ?> EMPTY = new PersistentMap<>(new Branch(0, new Object[0]), 0);

    /** What a slot of a branch holds besides another branch. Entries whose whole hash is equal form a chain. */
    private record Entry(
            int hash, Object key, Object value, @Nullable Entry next) {}

    private record Branch(int bitmap, Object[] slots) {}

    private final Branch root;
    private final int size;

    private PersistentMap(Branch root, int size) {
        this.root = root;
        this.size = size;
    }

    @SuppressWarnings("unchecked")
    static <K, V> PersistentMap<K, V> empty() {
        return (PersistentMap<K, V>) EMPTY;
    }

    int size() {
        return size;
    }

    @SuppressWarnings("unchecked")
    @Nullable
    V get(K key) {
        int hash = spread(key);
        Branch branch = root;
        for (int shift = 0; ; shift += BITS) {
            int bit = 1 << ((hash >>> shift) & MASK);
            if ((branch.bitmap & bit) == 0) {
                return null;
            }
            Object slot = branch.slots[position(branch.bitmap, bit)];
            if (slot instanceof Branch next) {
                branch = next;
                continue;
            }
            Entry found = find((Entry) slot, hash, key);
            return found == null ? null : (V) found.value;
        }
    }

    /** A map that also holds this entry, in place of one with an equal key. */
    PersistentMap<K, V> with(K key, V value) {
        int hash = spread(key);
        boolean replaces = get(key) != null;
        return new PersistentMap<>(put(root, 0, new Entry(hash, key, value, null)), replaces ? size : size + 1);
    }

    /** A map without this key; the same map if there is none. */
    PersistentMap<K, V> without(K key) {
        if (get(key) == null) {
            return this;
        }
        return size == 1 ? empty() : new PersistentMap<>(remove(root, 0, spread(key), key), size - 1);
    }

    /** Every entry, in no particular order. */
    void forEach(BiConsumer<? super K, ? super V> action) {
        visit(root, action);
    }

    @SuppressWarnings("unchecked")
    private void visit(Branch branch, BiConsumer<? super K, ? super V> action) {
        for (Object slot : branch.slots) {
            if (slot instanceof Branch next) {
                visit(next, action);
                continue;
            }
            for (Entry e = (Entry) slot; e != null; e = e.next) {
                action.accept((K) e.key, (V) e.value);
            }
        }
    }

    private static Branch put(Branch branch, int shift, Entry entry) {
        int bit = 1 << ((entry.hash >>> shift) & MASK);
        int position = position(branch.bitmap, bit);
        if ((branch.bitmap & bit) == 0) {
            Object[] slots = new Object[branch.slots.length + 1];
            System.arraycopy(branch.slots, 0, slots, 0, position);
            slots[position] = entry;
            System.arraycopy(branch.slots, position, slots, position + 1, branch.slots.length - position);
            return new Branch(branch.bitmap | bit, slots);
        }
        Object slot = branch.slots[position];
        Object replacement =
                slot instanceof Branch next ? put(next, shift + BITS, entry) : merge((Entry) slot, entry, shift + BITS);
        return replaced(branch, position, replacement);
    }

    /** A slot for both: one chain if the whole hashes are equal, else a branch below. */
    private static Object merge(Entry present, Entry added, int shift) {
        if (present.hash == added.hash) {
            return new Entry(added.hash, added.key, added.value, dropped(present, added.key));
        }
        assert shift < HASH_BITS + BITS : "different hashes differ in some group of bits";
        Branch below = new Branch(1 << ((present.hash >>> shift) & MASK), new Object[] {present});
        return put(below, shift, added);
    }

    private static Branch remove(Branch branch, int shift, int hash, Object key) {
        int bit = 1 << ((hash >>> shift) & MASK);
        int position = position(branch.bitmap, bit);
        Object slot = branch.slots[position];
        Object remaining;
        if (slot instanceof Branch next) {
            Branch below = remove(next, shift + BITS, hash, key);
            boolean single = below.slots.length == 1 && below.slots[0] instanceof Entry;
            remaining = single ? below.slots[0] : below;
        } else {
            remaining = dropped((Entry) slot, key);
        }
        if (remaining != null) {
            return replaced(branch, position, remaining);
        }
        Object[] slots = new Object[branch.slots.length - 1];
        System.arraycopy(branch.slots, 0, slots, 0, position);
        System.arraycopy(branch.slots, position + 1, slots, position, slots.length - position);
        return new Branch(branch.bitmap & ~bit, slots);
    }

    private static Branch replaced(Branch branch, int position, Object slot) {
        Object[] slots = Arrays.copyOf(branch.slots, branch.slots.length);
        slots[position] = slot;
        return new Branch(branch.bitmap, slots);
    }

    private static @Nullable Entry find(@Nullable Entry chain, int hash, Object key) {
        for (Entry e = chain; e != null; e = e.next) {
            if (e.hash == hash && e.key.equals(key)) {
                return e;
            }
        }
        return null;
    }

    private static @Nullable Entry dropped(@Nullable Entry chain, Object key) {
        if (chain == null) {
            return null;
        }
        if (chain.key.equals(key)) {
            return chain.next;
        }
        return new Entry(chain.hash, chain.key, chain.value, dropped(chain.next, key));
    }

    private static int position(int bitmap, int bit) {
        return Integer.bitCount(bitmap & (bit - 1));
    }

    private static int spread(Object key) {
        int h = key.hashCode();
        return h ^ (h >>> 16);
    }
}
