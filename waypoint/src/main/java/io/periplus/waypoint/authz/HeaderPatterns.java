package io.periplus.waypoint.authz;

import java.util.List;
import java.util.Locale;

/** Names of header fields as providers write them: exact, {@code prefix*} or {@code *suffix}; case does not matter. */
record HeaderPatterns(List<String> patterns) {
    HeaderPatterns(List<String> patterns) {
        this.patterns = patterns.stream()
                .map(pattern -> pattern.toLowerCase(Locale.ROOT))
                .toList();
    }

    boolean isEmpty() {
        return patterns.isEmpty();
    }

    /** @param name in lower case */
    boolean matches(String name) {
        for (String pattern : patterns) {
            if (holds(pattern, name)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The same, but for the pattern that matches everything.
     *
     * @param name in lower case
     */
    boolean names(String name) {
        for (String pattern : patterns) {
            if (!pattern.equals("*") && holds(pattern, name)) {
                return true;
            }
        }
        return false;
    }

    private static boolean holds(String pattern, String name) {
        return pattern.endsWith("*")
                ? name.startsWith(pattern.substring(0, pattern.length() - 1))
                : pattern.startsWith("*") ? name.endsWith(pattern.substring(1)) : name.equals(pattern);
    }
}
