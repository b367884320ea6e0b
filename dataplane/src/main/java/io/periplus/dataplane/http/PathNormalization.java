package io.periplus.dataplane.http;

import org.jspecify.annotations.Nullable;

/**
 * Brings a request target into the form that policies and routes compare with, the mesh default {@code BASE}: dot
 * segments removed and escaped unreserved characters decoded (RFC 3986 §6.2.2), backslashes turned into slashes. Slashes
 * are not merged and {@code %2F} stays.
 */
public final class PathNormalization {
    private PathNormalization() {}

    /** The target with its path normalised and its query untouched; null when it is no path at all. */
    public static @Nullable String base(String target) {
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
        String path = removeDotSegments(decodeUnreserved(target.substring(0, end)));
        return query < 0 ? path : path + target.substring(query);
    }

    private static boolean isNormal(String target, int end) {
        for (int i = 0; i < end; i++) {
            char c = target.charAt(i);
            if (c == '%' || c == '\\' || c == '/' && i + 1 < end && target.charAt(i + 1) == '.') {
                return false;
            }
        }
        return true;
    }

    private static String decodeUnreserved(String path) {
        StringBuilder out = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '\\') {
                out.append('/');
            } else if (c == '%' && i + 2 < path.length()) {
                int value = Character.digit(path.charAt(i + 1), 16) * 16 + Character.digit(path.charAt(i + 2), 16);
                if (isUnreserved(value)) {
                    out.append((char) value);
                    i += 2;
                } else {
                    out.append(c);
                }
            } else {
                out.append(c);
            }
        }
        return out.toString();
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
}
