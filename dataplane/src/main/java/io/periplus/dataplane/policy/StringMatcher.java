package io.periplus.dataplane.policy;

import java.util.List;

/** How one value of a policy compares with an attribute. Comparing allocates nothing. */
sealed interface StringMatcher
        permits StringMatcher.Exact,
                StringMatcher.Prefix,
                StringMatcher.Suffix,
                StringMatcher.Presence,
                StringMatcher.Glob,
                PathTemplate {
    boolean matches(CharSequence value);

    /** The whole value. */
    record Exact(String expected, boolean ignoreCase) implements StringMatcher {
        @Override
        public boolean matches(CharSequence value) {
            return value.length() == expected.length() && Text.regionMatches(value, 0, expected, ignoreCase);
        }

        @Override
        public String toString() {
            return expected;
        }
    }

    /** The beginning. */
    record Prefix(String prefix, boolean ignoreCase) implements StringMatcher {
        @Override
        public boolean matches(CharSequence value) {
            return value.length() >= prefix.length() && Text.regionMatches(value, 0, prefix, ignoreCase);
        }

        @Override
        public String toString() {
            return prefix + "*";
        }
    }

    /** The end. */
    record Suffix(String suffix, boolean ignoreCase) implements StringMatcher {
        @Override
        public boolean matches(CharSequence value) {
            int start = value.length() - suffix.length();
            return start >= 0 && Text.regionMatches(value, start, suffix, ignoreCase);
        }

        @Override
        public String toString() {
            return "*" + suffix;
        }
    }

    /** Anything that is there and not empty. */
    record Presence() implements StringMatcher {
        @Override
        public boolean matches(CharSequence value) {
            return !value.isEmpty();
        }

        @Override
        public String toString() {
            return "*";
        }
    }

    /**
     * Literal pieces with anything in between.
     *
     * @param pieces at least two
     */
    record Glob(List<String> pieces) implements StringMatcher {
        @Override
        public boolean matches(CharSequence value) {
            String first = pieces.getFirst();
            String last = pieces.getLast();
            int end = value.length() - last.length();
            if (end < first.length()
                    || !Text.regionMatches(value, 0, first, false)
                    || !Text.regionMatches(value, end, last, false)) {
                return false;
            }
            int from = first.length();
            for (int i = 1; i < pieces.size() - 1; i++) {
                from = Text.indexAfter(value, from, end, pieces.get(i));
                if (from < 0) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public String toString() {
            return String.join("*", pieces);
        }
    }

    /** The user's syntax: {@code *}, {@code prefix*}, {@code *suffix} or the exact value. */
    static StringMatcher parse(String text, boolean ignoreCase) {
        if (text.equals("*")) {
            return new Presence();
        }
        if (text.startsWith("*")) {
            return new Suffix(text.substring(1), ignoreCase);
        }
        if (text.endsWith("*")) {
            return new Prefix(text.substring(0, text.length() - 1), ignoreCase);
        }
        return new Exact(text, ignoreCase);
    }

    /** The syntax of namespaces: {@code *} anywhere. */
    static StringMatcher parseGlob(String text) {
        int star = text.indexOf('*');
        boolean inside = text.length() > 1 && (star != text.lastIndexOf('*') || (star > 0 && star < text.length() - 1));
        return inside ? new Glob(List.of(text.split("\\*", -1))) : parse(text, false);
    }
}
