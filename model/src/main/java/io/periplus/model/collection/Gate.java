package io.periplus.model.collection;

import java.util.Set;
import java.util.function.Function;

/**
 * Which entries of a source are let in. The others are kept aside, so that they are there as soon as the gate opens for them.
 *
 * @param shut groups of entries that stay out
 * @param of   the group of an entry
 */
public record Gate<K>(Collection<String, Boolean> shut, Function<K, String> of) {
    Set<String> shutNow() {
        return Set.copyOf(shut.keys());
    }
}
