package io.periplus.dataplane.policy;

import java.util.List;

/**
 * A path with <code>{*}</code> for one segment and, as the last of these, <code>{**}</code> for any number of them.
 * Literal segments compare exactly. {@code /a/{**}} matches {@code /a/} and all below, not {@code /a}; {@code /a/{**}/b}
 * matches what of that ends with {@code /b}.
 *
 * @param segments  before <code>{**}</code>, or all
 * @param openEnded whether there is a <code>{**}</code>
 * @param end       what follows it
 */
record PathTemplate(String text, List<String> segments, boolean openEnded, String end) implements StringMatcher {
    private static final String ONE = "{*}";
    private static final String REST = "{**}";

    /** Whether a path value uses template syntax. */
    static boolean isTemplate(String path) {
        return path.contains(ONE) || path.contains(REST);
    }

    /** Throws {@link IllegalArgumentException} when a marker follows that of the rest, or braces are mixed in. */
    static PathTemplate parse(String text) {
        List<String> segments = List.of(text.split("/", -1));
        int rest = segments.indexOf(REST);
        for (int i = 0; i < segments.size(); i++) {
            String segment = segments.get(i);
            boolean marker = i == rest || segment.equals(ONE) && (rest < 0 || i < rest);
            if (!marker && (segment.indexOf('{') >= 0 || segment.indexOf('}') >= 0 || segment.indexOf('*') >= 0)) {
                throw new IllegalArgumentException("path template \"" + text + "\": segment \"" + segment
                        + "\" (expected: a literal, {*}, or {**} as the last of them)");
            }
        }
        if (rest < 0) {
            return new PathTemplate(text, segments, false, "");
        }
        List<String> after = segments.subList(rest + 1, segments.size());
        String end = after.isEmpty() ? "" : "/" + String.join("/", after);
        return new PathTemplate(text, List.copyOf(segments.subList(0, rest)), true, end);
    }

    @Override
    public boolean matches(CharSequence path) {
        int start = 0;
        for (int i = 0; i < segments.size(); i++) {
            if (start > path.length()) {
                return false;
            }
            int stop = Text.segmentEnd(path, start);
            String expected = segments.get(i);
            boolean same = expected.equals(ONE)
                    ? stop > start
                    : stop - start == expected.length() && Text.regionMatches(path, start, expected, false);
            if (!same) {
                return false;
            }
            start = stop + 1;
        }
        int open = path.length() - end.length();
        return openEnded ? start <= open && Text.regionMatches(path, open, end, false) : start == path.length() + 1;
    }

    @Override
    public String toString() {
        return text;
    }
}
