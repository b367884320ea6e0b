package io.periplus.waypoint.route.match;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds what is meant by a host: an exact name, else the longest {@code *.} pattern (which stands for one or more labels),
 * else what stands for every name. Immutable.
 */
public final class HostIndex<V> {
    /**
     * What was found.
     *
     * @param wider the next one that the host belongs to as well, null after the last
     */
    public record Node<V>(V value, @Nullable Node<V> wider) {}

    private static final String WILDCARD = "*.";

    private final RegionMap<Node<V>> exact;
    private final RegionMap<Node<V>> suffixes;
    private final @Nullable Node<V> any;

    /** @param entries by lower-case name, {@code *.} pattern, or the empty string for every name */
    public HostIndex(Map<String, V> entries) {
        V everything = entries.get("");
        any = everything == null ? null : new Node<>(everything, null);
        Map<String, Node<V>> patterns = new HashMap<>();
        entries.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(WILDCARD))
                .sorted(Comparator.comparingInt(entry -> entry.getKey().length()))
                .forEach(entry -> {
                    String suffix = entry.getKey().substring(1);
                    patterns.put(suffix, new Node<>(entry.getValue(), widerOf(suffix, patterns)));
                });
        Map<String, Node<V>> names = new HashMap<>();
        entries.forEach((name, value) -> {
            if (!name.isEmpty() && !name.startsWith(WILDCARD)) {
                names.put(name, new Node<>(value, widerOf(name, patterns)));
            }
        });
        exact = new RegionMap<>(names, HostIndex::hash, true);
        suffixes = new RegionMap<>(patterns, HostIndex::hash, true);
    }

    /** The longest pattern that covers a name or pattern and is not that pattern itself. */
    private @Nullable Node<V> widerOf(String name, Map<String, Node<V>> patterns) {
        for (int dot = name.indexOf('.', 1); dot >= 0; dot = name.indexOf('.', dot + 1)) {
            Node<V> wider = patterns.get(name.substring(dot));
            if (wider != null) {
                return wider;
            }
        }
        return any;
    }

    /** What the host of {@code Host}, {@code :authority} or SNI means; a port is ignored, and so is case. */
    public @Nullable Node<V> find(String authority) {
        int end = hostEnd(authority);
        Node<V> longest = any;
        int hash = 0;
        for (int i = end - 1; i >= 0; i--) {
            char c = authority.charAt(i);
            hash = 31 * hash + lower(c);
            if (c == '.' && i > 0 && end - i <= suffixes.longestKey()) {
                Node<V> found = suffixes.find(authority, i, end, hash);
                longest = found == null ? longest : found;
            }
        }
        Node<V> named = end > exact.longestKey() ? null : exact.find(authority, 0, end, hash);
        return named == null ? longest : named;
    }

    /** Where the host ends and a port may begin. */
    public static int hostEnd(String authority) {
        if (!authority.isEmpty() && authority.charAt(0) == '[') {
            int bracket = authority.indexOf(']');
            return bracket < 0 ? authority.length() : bracket + 1;
        }
        int colon = authority.lastIndexOf(':');
        return colon < 0 ? authority.length() : colon;
    }

    /** The host of an authority, in lower case. */
    public static String hostOf(String authority) {
        return authority.substring(0, hostEnd(authority)).toLowerCase(Locale.ROOT);
    }

    /** From right to left, so that every suffix's hash turns up on the way. */
    private static int hash(String name) {
        int hash = 0;
        for (int i = name.length() - 1; i >= 0; i--) {
            hash = 31 * hash + lower(name.charAt(i));
        }
        return hash;
    }

    private static int lower(char c) {
        return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
    }
}
