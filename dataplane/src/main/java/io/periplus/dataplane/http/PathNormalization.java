package io.periplus.dataplane.http;

import org.jspecify.annotations.Nullable;

/**
 * Brings a request target into the form that policies and routes compare with, and that the application gets: so what was
 * judged is what is served. Nothing is decoded twice: no escape is left that was not sent, as the application would decode it.
 * Names and meanings are those of the mesh setting {@code pathNormalization}.
 */
public enum PathNormalization {
    /** The path as it was sent. */
    NONE,
    /**
     * The default: escaped unreserved characters decoded, dot segments removed (RFC 3986 §6.2.2), backslashes turned into
     * slashes. Slashes are not merged, and {@code %2F} stays.
     */
    BASE,
    /** {@link #BASE}, and several slashes become one. */
    MERGE_SLASHES,
    /** Escaped slashes and backslashes are decoded first; then {@link #MERGE_SLASHES}. */
    DECODE_AND_MERGE_SLASHES;

    /** The target with its path normalised and its query untouched; null when it is no path, or one that nobody may serve. */
    public @Nullable String normalize(String target) {
        if (target.equals("*")) {
            return target;
        }
        if (target.isEmpty() || target.charAt(0) != '/' || target.indexOf('#') >= 0) {
            return null;
        }
        int query = target.indexOf('?');
        int end = query < 0 ? target.length() : query;
        if (isNormal(target, end)) {
            return target;
        }
        String path = target.substring(0, end);
        if (hasNul(path)) {
            return null;
        }
        String decoded = this == NONE ? path : decode(path);
        if (decoded == null) {
            return null;
        }
        String normal = this == NONE ? path : removeDotSegments(decoded);
        if (this == MERGE_SLASHES || this == DECODE_AND_MERGE_SLASHES) {
            normal = merged(normal);
        }
        return query < 0 ? normal : normal + target.substring(query);
    }

    /** Whether no rule of any form has anything to do, as with nearly every path. */
    private static boolean isNormal(String target, int end) {
        for (int i = 0; i < end; i++) {
            char c = target.charAt(i);
            if (c == '%'
                    || c == '\\'
                    || c == '/' && i + 1 < end && (target.charAt(i + 1) == '.' || target.charAt(i + 1) == '/')) {
                return false;
            }
        }
        return true;
    }

    /** Applications cut paths off there. */
    private static boolean hasNul(String path) {
        return path.contains("%00");
    }

    /** Null where a percent sign that begins no escape would begin one afterwards, as in {@code %2%65}. */
    private @Nullable String decode(String path) {
        StringBuilder out = new StringBuilder(path.length());
        int stray = -3;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            int decoded = c == '%' ? escaped(path, i) : -1;
            if (c == '\\') {
                out.append('/');
            } else if (isUnreserved(decoded)) {
                out.append((char) decoded);
                i += 2;
            } else if (this == DECODE_AND_MERGE_SLASHES && (decoded == '/' || decoded == '\\')) {
                out.append('/');
                i += 2;
            } else {
                stray = c == '%' && decoded < 0 ? out.length() : stray;
                out.append(c);
            }
            if (out.length() == stray + 3 && escaped(out, stray) >= 0) {
                return null;
            }
        }
        return out.toString();
    }

    /** The character that is escaped at {@code percent}; -1 if that is no escape. */
    private static int escaped(CharSequence path, int percent) {
        if (percent + 2 >= path.length()) {
            return -1;
        }
        int high = hex(path.charAt(percent + 1));
        int low = hex(path.charAt(percent + 2));
        return high < 0 || low < 0 ? -1 : high * 16 + low;
    }

    private static int hex(char c) {
        return c < 128 ? Character.digit(c, 16) : -1;
    }

    private static boolean isUnreserved(int c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || c == '-'
                || c == '.'
                || c == '_'
                || c == '~';
    }

    /** RFC 3986 §5.2.4 for a path that begins with a slash. */
    private static String removeDotSegments(String path) {
        StringBuilder out = new StringBuilder(path.length());
        int start = 0;
        while (start < path.length()) {
            int next = path.indexOf('/', start + 1);
            int end = next < 0 ? path.length() : next;
            String segment = path.substring(start + 1, end);
            switch (segment) {
                case "." -> {
                    if (next < 0) {
                        out.append('/');
                    }
                }
                case ".." -> {
                    out.setLength(Math.max(0, out.lastIndexOf("/")));
                    if (next < 0) {
                        out.append('/');
                    }
                }
                default -> out.append('/').append(segment);
            }
            start = end;
        }
        return out.isEmpty() ? "/" : out.toString();
    }

    private static String merged(String path) {
        StringBuilder out = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c != '/' || out.isEmpty() || out.charAt(out.length() - 1) != '/') {
                out.append(c);
            }
        }
        return out.toString();
    }
}
