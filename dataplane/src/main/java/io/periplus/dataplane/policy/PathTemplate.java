package io.periplus.dataplane.policy;

import java.util.ArrayList;
import java.util.List;

/**
 * A path with <code>{*}</code> for one segment and, as its last segment, <code>{**}</code> for any number of them.
 * Literal segments compare exactly. {@code /a/{**}} matches {@code /a/} and all below, not {@code /a}.
 */
record PathTemplate(String text, List<String> segments, boolean openEnded) implements StringMatcher {
    private static final String ONE = "{*}";
    private static final String REST = "{**}";

    /** Whether a path value uses template syntax. */
    static boolean isTemplate(String path) {
        return path.contains(ONE) || path.contains(REST);
    }

    /** Throws {@link IllegalArgumentException} when the rest marker is not the last segment or braces are mixed in. */
    static PathTemplate parse(String text) {
        List<String> segments = new ArrayList<>(List.of(text.split("/", -1)));
        boolean openEnded = segments.getLast().equals(REST);
        if (openEnded) {
            segments.removeLast();
        }
        for (String segment : segments) {
            if (!segment.equals(ONE) && (segment.indexOf('{') >= 0 || segment.indexOf('*') >= 0)) {
                throw new IllegalArgumentException("path template \"" + text + "\": segment \"" + segment
                        + "\" (expected: a literal, {*}, or {**} as the last one)");
            }
        }
        return new PathTemplate(text, List.copyOf(segments), openEnded);
    }

    @Override
    public boolean matches(CharSequence path) {
        int start = 0;
        for (int i = 0; i < segments.size(); i++) {
            if (start > path.length()) {
                return false;
            }
            int end = Text.segmentEnd(path, start);
            String expected = segments.get(i);
            boolean same = expected.equals(ONE)
                    ? end > start
                    : end - start == expected.length() && Text.regionMatches(path, start, expected, false);
            if (!same) {
                return false;
            }
            start = end + 1;
        }
        return openEnded ? start <= path.length() : start == path.length() + 1;
    }

    @Override
    public String toString() {
        return text;
    }
}
