package io.periplus.model.collection;

import org.jspecify.annotations.Nullable;

/**
 * What became of an entry between two settlings.
 *
 * @param before null when the entry is new
 * @param after  null when the entry is gone
 */
public record Change<V>(@Nullable V before, @Nullable V after) {}
