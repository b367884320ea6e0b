package io.periplus.dataplane.policy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values of one field: one of them has to match. Many literal ones are looked up, not tried. */
final class TextMatchers {
    /** Up to here trying one after the other is quicker. */
    private static final int TRIED_MAX = 8;

    private final List<StringMatcher> all;
    private final @Nullable LiteralTable<Boolean> literals;
    private final StringMatcher[] tried;

    TextMatchers(List<StringMatcher> all, boolean ignoreCase) {
        this.all = all;
        List<StringMatcher.Exact> exact = all.stream()
                .filter(StringMatcher.Exact.class::isInstance)
                .map(StringMatcher.Exact.class::cast)
                .toList();
        if (exact.size() > TRIED_MAX) {
            Map<String, Boolean> keys = new LinkedHashMap<>();
            exact.forEach(value -> keys.put(value.expected(), true));
            this.literals = new LiteralTable<>(keys, ignoreCase);
            this.tried = all.stream()
                    .filter(value -> !(value instanceof StringMatcher.Exact))
                    .toArray(StringMatcher[]::new);
        } else {
            this.literals = null;
            this.tried = all.toArray(StringMatcher[]::new);
        }
    }

    List<StringMatcher> all() {
        return all;
    }

    /** Whether one matches; an absent text matches none. */
    boolean match(@Nullable CharSequence value) {
        if (value == null) {
            return false;
        }
        if (literals != null && literals.get(value) != null) {
            return true;
        }
        for (StringMatcher matcher : tried) {
            if (matcher.matches(value)) {
                return true;
            }
        }
        return false;
    }
}
