package io.periplus.model.policy;

import io.periplus.api.NamespacedName;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How the workloads of a namespace, or of the mesh, stand behind waypoints.
 *
 * @param waypoints all waypoints that anything there stands behind, sorted
 * @param behind    the distinct sets of waypoints that workloads stand behind, each sorted; the empty set for workloads
 *                  that stand behind none
 */
public record Shape(List<NamespacedName> waypoints, List<List<NamespacedName>> behind) {
    /** Nothing stands behind a waypoint. */
    public static final Shape NONE = new Shape(List.of(), List.of());

    /** A shape in its canonical order. */
    public static Shape of(Collection<NamespacedName> waypoints, Collection<List<NamespacedName>> behind) {
        TreeMap<String, List<NamespacedName>> sets = new TreeMap<>();
        TreeSet<NamespacedName> all = new TreeSet<>(waypoints);
        behind.forEach(set -> {
            sets.put(set.toString(), set);
            all.addAll(set);
        });
        return new Shape(List.copyOf(all), List.copyOf(sets.values()));
    }
}
