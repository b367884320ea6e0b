package io.periplus.waypoint.route.match;

import io.periplus.api.http.SafePattern;
import io.periplus.dataplane.http.RequestHead;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the first of many candidates, in order of precedence, that matches a request. One scan of the path finds the exact
 * entry and the longest prefix; the other prefixes of the path hang on that one. Immutable.
 */
public final class RequestIndex<V> {
    /** Candidates with the same prefix, and the next shorter prefix. */
    private record Prefix<V>(
            List<Candidate<V>> candidates, @Nullable Prefix<V> shorter) {}

    private final RegionMap<List<Candidate<V>>> exact;
    private final RegionMap<Prefix<V>> prefixes;
    private final RegionMap<List<Candidate<V>>> methods;
    private final List<Candidate<V>> any = new ArrayList<>();
    private final List<Candidate<V>> regexes = new ArrayList<>();
    private final boolean hasMethods;
    private final int scanned;
    private int longestList;

    public RequestIndex(List<Candidate<V>> candidates) {
        Map<String, List<Candidate<V>>> byPath = new HashMap<>();
        Map<String, List<Candidate<V>>> byPrefix = new HashMap<>();
        Map<String, List<Candidate<V>>> byMethod = new HashMap<>();
        candidates.stream().sorted(Candidate.PRECEDENCE).forEach(candidate -> {
            switch (candidate.match().path()) {
                case PathMatch.Exact path -> add(byPath, path.path(), candidate);
                case PathMatch.Prefix prefix when prefix.bare().isEmpty() -> append(any, candidate);
                case PathMatch.Prefix prefix -> add(byPrefix, prefix.bare(), candidate);
                case PathMatch.Method method -> add(byMethod, method.method(), candidate);
                case PathMatch.Regex regex -> regexes.add(candidate);
            }
        });
        exact = new RegionMap<>(byPath, String::hashCode, false);
        prefixes = new RegionMap<>(chained(byPrefix), String::hashCode, false);
        methods = new RegionMap<>(byMethod, String::hashCode, false);
        hasMethods = !byMethod.isEmpty();
        scanned = Math.max(exact.longestKey(), prefixes.longestKey()) + 1;
    }

    private void add(Map<String, List<Candidate<V>>> to, String key, Candidate<V> candidate) {
        append(to.computeIfAbsent(key, _ -> new ArrayList<>(1)), candidate);
    }

    /** What follows a candidate that asks for nothing but the path is never reached. */
    private void append(List<Candidate<V>> to, Candidate<V> candidate) {
        if (to.isEmpty() || !to.getLast().match().isPathOnly()) {
            to.add(candidate);
            longestList = Math.max(longestList, to.size());
        }
    }

    private static <V> Map<String, Prefix<V>> chained(Map<String, List<Candidate<V>>> byPrefix) {
        Map<String, Prefix<V>> out = HashMap.newHashMap(byPrefix.size());
        byPrefix.entrySet().stream()
                .sorted(Comparator.comparingInt(entry -> entry.getKey().length()))
                .forEach(entry ->
                        out.put(entry.getKey(), new Prefix<>(entry.getValue(), shorterOf(entry.getKey(), out))));
        return out;
    }

    private static <V> @Nullable Prefix<V> shorterOf(String key, Map<String, Prefix<V>> prefixes) {
        for (int slash = key.lastIndexOf('/'); slash > 0; slash = key.lastIndexOf('/', slash - 1)) {
            Prefix<V> shorter = prefixes.get(key.substring(0, slash));
            if (shorter != null) {
                return shorter;
            }
        }
        return null;
    }

    /** What the request leads to, null if nothing matches. */
    public @Nullable V find(RequestHead head) {
        String target = head.path();
        int mark = target.indexOf('?');
        int end = mark < 0 ? target.length() : mark;
        int query = Math.min(end + 1, target.length());
        int hash = 0;
        Prefix<V> longest = null;
        int stop = Math.min(end, scanned);
        for (int i = 0; i < stop; i++) {
            char c = target.charAt(i);
            if (c == '/' && i > 0) {
                longest = prefix(target, i, hash, longest);
            }
            hash = 31 * hash + c;
        }
        V found = null;
        if (stop == end) {
            longest = prefix(target, end, hash, longest);
            found = first(exact.find(target, 0, end, hash), head, query);
        }
        for (; found == null && longest != null; longest = longest.shorter) {
            found = first(longest.candidates, head, query);
        }
        if (found == null && hasMethods) {
            found = first(ofMethod(target, end), head, query);
        }
        if (found == null) {
            found = first(any, head, query);
        }
        return found == null && !regexes.isEmpty() ? byRegex(head, target.substring(0, end), query) : found;
    }

    private @Nullable Prefix<V> prefix(String target, int end, int hash, @Nullable Prefix<V> otherwise) {
        Prefix<V> found = end > prefixes.longestKey() ? null : prefixes.find(target, 0, end, hash);
        return found == null ? otherwise : found;
    }

    private @Nullable List<Candidate<V>> ofMethod(String target, int end) {
        int slash = target.indexOf('/', 1);
        if (slash < 0 || slash >= end || end - slash - 1 > methods.longestKey()) {
            return null;
        }
        int hash = 0;
        for (int i = slash + 1; i < end; i++) {
            hash = 31 * hash + target.charAt(i);
        }
        return methods.find(target, slash + 1, end, hash);
    }

    private static <V> @Nullable V first(@Nullable List<Candidate<V>> candidates, RequestHead head, int query) {
        if (candidates != null) {
            for (int i = 0; i < candidates.size(); i++) {
                Candidate<V> candidate = candidates.get(i);
                if (candidate.match().restMatches(head, query)) {
                    return candidate.value();
                }
            }
        }
        return null;
    }

    private @Nullable V byRegex(RequestHead head, String path, int query) {
        for (int i = 0; i < regexes.size(); i++) {
            Candidate<V> candidate = regexes.get(i);
            if (candidate.match().path() instanceof PathMatch.Regex(SafePattern pattern)
                    && candidate.match().restMatches(head, query)
                    && pattern.matches(path)) {
                return candidate.value();
            }
        }
        return null;
    }

    /** The most candidates that any one path is compared with, regular expressions apart. */
    public int longestList() {
        return longestList;
    }

    /** How many slots the unluckiest path takes to find. */
    public int longestProbe() {
        return Math.max(exact.longestProbe(), prefixes.longestProbe());
    }
}
