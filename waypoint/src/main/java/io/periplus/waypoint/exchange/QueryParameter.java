package io.periplus.waypoint.exchange;

import org.jspecify.annotations.Nullable;

/** Finds a parameter in the query of a path, as it is written there. */
final class QueryParameter {
    private QueryParameter() {}

    static @Nullable String of(String path, String name) {
        int at = path.indexOf('?');
        while (at >= 0) {
            int start = at + 1;
            int next = path.indexOf('&', start);
            int end = next < 0 ? path.length() : next;
            if (path.startsWith(name, start)
                    && start + name.length() < end
                    && path.charAt(start + name.length()) == '=') {
                return path.substring(start + name.length() + 1, end);
            }
            at = next;
        }
        return null;
    }
}
