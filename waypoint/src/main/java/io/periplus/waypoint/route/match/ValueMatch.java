package io.periplus.waypoint.route.match;

import io.periplus.api.http.SafePattern;

/** What a value has to be. */
public sealed interface ValueMatch {
    boolean matches(String value);

    /** Equal, with case. */
    record Exact(String expected) implements ValueMatch {
        @Override
        public boolean matches(String value) {
            return expected.equals(value);
        }
    }

    /** The whole value. */
    record Regex(SafePattern pattern) implements ValueMatch {
        @Override
        public boolean matches(String value) {
            return pattern.matches(value);
        }
    }
}
