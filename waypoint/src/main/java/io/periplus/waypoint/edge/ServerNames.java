package io.periplus.waypoint.edge;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values by host name, the most specific first: the exact name, then the longest {@code *.} suffix, then the value for
 * every name. A wildcard stands for one label or more, never for none. Immutable; a look-up costs a hash per label.
 */
final class ServerNames<T> {
    private final Map<String, T> exact;
    /** By what follows the {@code *}, which begins with a dot. */
    private final Map<String, T> suffixes;

    private final @Nullable T every;

    private ServerNames(Map<String, T> exact, Map<String, T> suffixes, @Nullable T every) {
        this.exact = exact;
        this.suffixes = suffixes;
        this.every = every;
    }

    /** @param byHostname lower case: names, names with a leading {@code *.}, and the empty one for every name */
    static <T> ServerNames<T> of(Map<String, T> byHostname) {
        Map<String, T> exact = new HashMap<>();
        Map<String, T> suffixes = new HashMap<>();
        byHostname.forEach((hostname, value) -> {
            if (hostname.startsWith("*.")) {
                suffixes.put(hostname.substring(1), value);
            } else if (!hostname.isEmpty()) {
                exact.put(hostname, value);
            }
        });
        return new ServerNames<>(Map.copyOf(exact), Map.copyOf(suffixes), byHostname.get(""));
    }

    /** @param name lower case, empty if none is known */
    @Nullable
    T find(String name) {
        T found = name.isEmpty() ? null : exact.get(name);
        if (found != null || suffixes.isEmpty()) {
            return found != null ? found : every;
        }
        for (int dot = name.indexOf('.'); dot > 0; dot = name.indexOf('.', dot + 1)) {
            found = suffixes.get(name.substring(dot));
            if (found != null) {
                return found;
            }
        }
        return every;
    }
}
