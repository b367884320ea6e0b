package io.periplus.dataplane.policy;

import io.periplus.dataplane.policy.RuleIndex.Candidate;
import io.periplus.dataplane.policy.RuleIndex.Leaf;
import io.periplus.dataplane.policy.RuleIndex.Node;
import io.periplus.dataplane.policy.RuleIndex.Split;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Builds the tree of a {@link RuleIndex}: at each node the facet that leaves the fewest rules to try. */
final class IndexBuilder {
    /** As many are tried sooner than a facet is looked up. */
    private static final int TRIED_MAX = 4;

    private static final int DEPTH_MAX = 8;

    /** Below the root: a rule with many texts stands under each, and would so again at every node below. */
    private static final int COPIES_MAX = 2;

    private record Indexed(Candidate candidate, Map<Facet, Set<String>> demands) {}

    /** How rules would fall apart by one facet. */
    private static final class Tally {
        private final Map<String, Integer> sizes = new HashMap<>();
        private int demanding;
        private int copies;

        void add(Set<String> texts) {
            demanding++;
            copies += texts.size();
            texts.forEach(text -> sizes.merge(text, 1, Integer::sum));
        }

        /** Rules to try for traffic that is distributed as the rules are. */
        double expected(int rules) {
            double squares = 0;
            for (int size : sizes.values()) {
                squares += (double) size * size;
            }
            return rules - demanding + squares / Math.max(1, copies);
        }
    }

    private IndexBuilder() {}

    static Node build(List<Candidate> candidates) {
        List<Indexed> indexed = new ArrayList<>(candidates.size());
        for (Candidate candidate : candidates) {
            indexed.add(
                    new Indexed(candidate, candidates.size() <= TRIED_MAX ? Map.of() : Demands.of(candidate.rule())));
        }
        return node(indexed, 0);
    }

    private static Node node(List<Indexed> rules, int depth) {
        Facet facet = rules.size() <= TRIED_MAX || depth == DEPTH_MAX ? null : best(rules, depth);
        if (facet == null) {
            return new Leaf(rules.stream().map(Indexed::candidate).toArray(Candidate[]::new));
        }
        Map<String, List<Indexed>> demanding = new HashMap<>();
        List<Indexed> rest = new ArrayList<>();
        for (Indexed rule : rules) {
            Set<String> texts = rule.demands.get(facet);
            if (texts == null) {
                rest.add(rule);
            } else {
                texts.forEach(text ->
                        demanding.computeIfAbsent(text, _ -> new ArrayList<>()).add(rule));
            }
        }
        Map<String, Node> nodes = new HashMap<>();
        demanding.forEach((text, those) -> nodes.put(text, node(those, depth + 1)));
        return new Split(facet, new LiteralTable<>(nodes, facet.ignoreCase()), node(rest, depth + 1));
    }

    private static @Nullable Facet best(List<Indexed> rules, int depth) {
        Map<Facet, Tally> tallies = new HashMap<>();
        for (Indexed rule : rules) {
            rule.demands.forEach((facet, texts) ->
                    tallies.computeIfAbsent(facet, _ -> new Tally()).add(texts));
        }
        Facet best = null;
        // A split has to spare more than its own cost, which is about that of two rules.
        double least = rules.size() - 2;
        for (Map.Entry<Facet, Tally> entry : tallies.entrySet()) {
            Tally tally = entry.getValue();
            double expected = tally.expected(rules.size());
            if (expected < least && (depth == 0 || tally.copies <= COPIES_MAX * tally.demanding)) {
                least = expected;
                best = entry.getKey();
            }
        }
        return best;
    }
}
