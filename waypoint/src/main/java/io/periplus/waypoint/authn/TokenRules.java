package io.periplus.waypoint.authn;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The rules that apply to a request, in the order of their issuers.
 *
 * @param byPlace where tokens are looked for, and the rules whose tokens may be there
 * @param outputs headers that only the rules may set
 */
record TokenRules(Map<Place, List<CompiledRule>> byPlace, List<String> outputs) {
    static TokenRules of(List<CompiledRule> rules) {
        List<CompiledRule> sorted = new ArrayList<>(rules);
        sorted.sort(Comparator.comparing(CompiledRule::issuer));
        Map<Place, List<CompiledRule>> byPlace = new LinkedHashMap<>();
        Set<String> outputs = new TreeSet<>();
        for (CompiledRule rule : sorted) {
            rule.places()
                    .forEach(place -> byPlace.computeIfAbsent(place, _ -> new ArrayList<>())
                            .add(rule));
            outputs.addAll(rule.outputs());
        }
        return new TokenRules(byPlace, List.copyOf(outputs));
    }
}
