package io.periplus.api.cel;

import org.jspecify.annotations.Nullable;

/** A request, as expressions ask about it. Only what an expression names is asked for. */
@FunctionalInterface
public interface Variables {
    /**
     * The value of a variable of {@link Expressions}: a text, a {@link Long}, or a map of texts to such values and lists of
     * them; null for what this request cannot say.
     */
    @Nullable
    Object find(String name);
}
