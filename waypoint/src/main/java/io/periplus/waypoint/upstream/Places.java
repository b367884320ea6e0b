package io.periplus.waypoint.upstream;

import io.periplus.wire.workload.Locality;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Patterns of places: {@code region/zone/subzone}, shorter or ending in {@code *} for everything within. */
final class Places {
    private Places() {}

    static boolean matches(String pattern, Locality place) {
        String[] wanted = pattern.split("/", -1);
        String[] given = {place.getRegion(), place.getZone(), place.getSubzone()};
        for (int i = 0; i < wanted.length && i < given.length; i++) {
            if (wanted[i].equals("*")) {
                return true;
            }
            if (!wanted[i].equals(given[i])) {
                return false;
            }
        }
        return true;
    }

    /** The most exact of the patterns that match, null if none does. */
    static @Nullable String bestOf(Collection<String> patterns, Locality place) {
        String best = null;
        for (String pattern : patterns) {
            if (matches(pattern, place) && (best == null || exactness(pattern) > exactness(best))) {
                best = pattern;
            }
        }
        return best;
    }

    private static int exactness(String pattern) {
        return pattern.endsWith("*") ? pattern.length() - 1 : pattern.length() + 1;
    }
}
