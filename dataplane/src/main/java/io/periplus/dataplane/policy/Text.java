package io.periplus.dataplane.policy;

/** Comparisons of character sequences that the JDK offers for strings only. */
final class Text {
    private Text() {}

    /** Whether {@code part} stands in {@code value} at {@code offset}; there have to be enough characters. */
    static boolean regionMatches(CharSequence value, int offset, String part, boolean ignoreCase) {
        if (value instanceof String text && !ignoreCase) {
            return text.startsWith(part, offset);
        }
        for (int i = 0; i < part.length(); i++) {
            char a = value.charAt(offset + i);
            char b = part.charAt(i);
            if (a != b && !(ignoreCase && Character.toLowerCase(a) == Character.toLowerCase(b))) {
                return false;
            }
        }
        return true;
    }

    /** The index after the first {@code part} within {@code [from, end)}, or -1. */
    static int indexAfter(CharSequence value, int from, int end, String part) {
        for (int i = from; i + part.length() <= end; i++) {
            if (regionMatches(value, i, part, false)) {
                return i + part.length();
            }
        }
        return -1;
    }

    /** Whether a character stands anywhere in it. */
    static boolean contains(CharSequence value, char wanted) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) == wanted) {
                return true;
            }
        }
        return false;
    }

    /** The hash of a part, as {@link String#hashCode} has it, which a string keeps; of lower case if case is ignored. */
    static int hash(CharSequence value, int from, int to, boolean ignoreCase) {
        if (!ignoreCase && from == 0 && value instanceof String text && to == text.length()) {
            return text.hashCode();
        }
        int hash = 0;
        for (int i = from; i < to; i++) {
            char c = value.charAt(i);
            hash = 31 * hash + (ignoreCase ? Character.toLowerCase(c) : c);
        }
        return hash;
    }

    /** The end of the path segment that begins at {@code start}. */
    static int segmentEnd(CharSequence path, int start) {
        int end = start;
        while (end < path.length() && path.charAt(end) != '/') {
            end++;
        }
        return end;
    }
}
