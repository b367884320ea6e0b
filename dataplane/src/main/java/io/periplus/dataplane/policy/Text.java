package io.periplus.dataplane.policy;

/** Comparisons of character sequences that the JDK offers for strings only. */
final class Text {
    private Text() {}

    /** Whether {@code part} stands in {@code value} at {@code offset}; there have to be enough characters. */
    static boolean regionMatches(CharSequence value, int offset, String part, boolean ignoreCase) {
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
}
