package io.periplus.dataplane.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The last so many of something, in slots that are made once and filled again and again. Belongs to one event loop, which also
 * reads it: no other thread ever does.
 */
public final class Ring<S> {
    private final List<S> slots;
    private int filled;
    private int next;

    /** @param size how many are remembered */
    public Ring(int size, Supplier<S> slot) {
        slots = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            slots.add(slot.get());
        }
    }

    /** The slot of the oldest, to be filled with the newest. */
    public S claim() {
        S slot = slots.get(next);
        next = next + 1 == slots.size() ? 0 : next + 1;
        filled = Math.min(filled + 1, slots.size());
        return slot;
    }

    /** Those that were filled, in no particular order. */
    public void forEach(Consumer<S> action) {
        for (int i = 0; i < filled; i++) {
            action.accept(slots.get(i));
        }
    }
}
