package io.periplus.waypoint.limit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The limits that a request has to pass, merged. Immutable.
 *
 * @param local counted by this proxy
 * @param remote counted by backends, policy by policy
 * @param unusable not empty: a policy for this place cannot be applied, as named here
 */
record LimitSet(List<Limit> local, List<List<Limit>> remote, String unusable) {
    static final LimitSet NONE = new LimitSet(List.of(), List.of(), "");

    /**
     * Merges levels by the names of their limits: different names add up, of the same name the most special holds, unless a
     * more general one is an override.
     *
     * @param levels from the general to the special
     */
    static LimitSet merge(List<Level> levels) {
        Map<String, Limit> byName = new LinkedHashMap<>();
        for (Level level : levels) {
            if (!level.unusable().isEmpty()) {
                return new LimitSet(List.of(), List.of(), level.unusable());
            }
            for (Limit limit : level.limits()) {
                Limit above = byName.get(limit.name());
                if (above == null || !above.override()) {
                    byName.put(limit.name(), limit);
                }
            }
        }
        List<Limit> local = new ArrayList<>();
        Map<String, List<Limit>> remote = new LinkedHashMap<>();
        for (Limit limit : byName.values()) {
            if (limit.counters() != null) {
                local.add(limit);
            } else if (!limit.unlimited()) {
                remote.computeIfAbsent(limit.policy().key(), _ -> new ArrayList<>())
                        .add(limit);
            }
        }
        return local.isEmpty() && remote.isEmpty()
                ? NONE
                : new LimitSet(
                        List.copyOf(local),
                        remote.values().stream().map(List::copyOf).toList(),
                        "");
    }
}
