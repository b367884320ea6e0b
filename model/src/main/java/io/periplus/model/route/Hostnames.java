package io.periplus.model.route;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Host names as the Gateway API writes them: exact, with a leading {@code *.} for one or more labels, or empty for all. */
public final class Hostnames {
    private Hostnames() {}

    /** The names that both cover, in the same form; null when there are none. */
    public static @Nullable String intersect(String one, String other) {
        if (covers(one, other)) {
            return other;
        }
        return covers(other, one) ? one : null;
    }

    /**
     * The names of a route that a listener covers too, in the route's order, each once.
     *
     * @param route    empty for every name
     * @param listener empty for every name
     * @return empty for every name; null when there are none
     */
    public static @Nullable List<String> intersect(List<String> route, String listener) {
        if (route.isEmpty()) {
            return listener.isEmpty() ? List.of() : List.of(listener);
        }
        List<String> common = new ArrayList<>();
        for (String name : route) {
            String both = intersect(name, listener);
            if (both != null && !common.contains(both)) {
                common.add(both);
            }
        }
        return common.isEmpty() ? null : List.copyOf(common);
    }

    /** Whether every name of {@code other} is one of {@code pattern}. */
    static boolean covers(String pattern, String other) {
        if (pattern.isEmpty() || pattern.equals(other)) {
            return true;
        }
        if (!isWildcard(pattern)) {
            return false;
        }
        String suffix = pattern.substring(1);
        return other.length() > suffix.length() && other.endsWith(suffix);
    }

    /** The names that cover more than this one: wildcards for fewer and fewer of its labels, then the empty name. */
    static List<String> above(String name) {
        List<String> names = new ArrayList<>();
        int dot = isWildcard(name) ? name.indexOf('.', 2) : name.indexOf('.');
        while (dot >= 0) {
            names.add("*" + name.substring(dot));
            dot = name.indexOf('.', dot + 1);
        }
        if (!name.isEmpty()) {
            names.add("");
        }
        return names;
    }

    /** Whether the name stands for others. */
    static boolean isWildcard(String name) {
        return name.startsWith("*.");
    }
}
