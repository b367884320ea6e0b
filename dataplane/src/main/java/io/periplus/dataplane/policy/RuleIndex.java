package io.periplus.dataplane.policy;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the rules that may hold among many: a tree that asks about one facet of the traffic at each node, and follows the
 * branch of the rules that demand the text found, and that of the rules which demand nothing there. What is left is tried.
 * Looking allocates nothing.
 */
final class RuleIndex {
    static final RuleIndex EMPTY = new RuleIndex(new Leaf(new Candidate[0]));

    /**
     * A rule in its place.
     *
     * @param order among all rules of the index
     */
    record Candidate(int order, CompiledPolicy policy, Rule rule) {}

    /** A node of the tree. */
    sealed interface Node permits Leaf, Split {
        /** The first candidate in order that holds, if it comes before {@code best}; otherwise {@code best}. */
        @Nullable
        Candidate first(RequestAttributes attributes, @Nullable Candidate best);

        /** Passes candidates that may hold, until {@code enough} says so. */
        boolean visit(RequestAttributes attributes, Predicate<Candidate> enough);
    }

    /** Rules that are tried, in order. */
    static final class Leaf implements Node {
        private final Candidate[] candidates;

        Leaf(Candidate[] candidates) {
            this.candidates = candidates;
        }

        @Override
        public @Nullable Candidate first(RequestAttributes attributes, @Nullable Candidate best) {
            for (Candidate candidate : candidates) {
                if (best != null && best.order <= candidate.order) {
                    return best;
                }
                if (candidate.rule.test(attributes)) {
                    return candidate;
                }
            }
            return best;
        }

        @Override
        public boolean visit(RequestAttributes attributes, Predicate<Candidate> enough) {
            for (Candidate candidate : candidates) {
                if (enough.test(candidate)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Rules by what they demand of one facet. */
    static final class Split implements Node {
        private final Facet facet;
        private final LiteralTable<Node> byText;
        private final Node rest;

        Split(Facet facet, LiteralTable<Node> byText, Node rest) {
            this.facet = facet;
            this.byText = byText;
            this.rest = rest;
        }

        @Override
        public @Nullable Candidate first(RequestAttributes attributes, @Nullable Candidate best) {
            Node demanding = facet.find(byText, attributes);
            Candidate found = demanding == null ? best : demanding.first(attributes, best);
            List<? extends CharSequence> others = facet.others(attributes);
            for (int i = 0; i < others.size(); i++) {
                Node more = byText.get(others.get(i));
                found = more == null ? found : more.first(attributes, found);
            }
            return rest.first(attributes, found);
        }

        @Override
        public boolean visit(RequestAttributes attributes, Predicate<Candidate> enough) {
            Node demanding = facet.find(byText, attributes);
            if (demanding != null && demanding.visit(attributes, enough)) {
                return true;
            }
            for (CharSequence other : facet.others(attributes)) {
                Node more = byText.get(other);
                if (more != null && more.visit(attributes, enough)) {
                    return true;
                }
            }
            return rest.visit(attributes, enough);
        }
    }

    private final Node root;

    private RuleIndex(Node root) {
        this.root = root;
    }

    /** Of rules in order. */
    static RuleIndex of(List<Candidate> candidates) {
        return candidates.isEmpty() ? EMPTY : new RuleIndex(IndexBuilder.build(candidates));
    }

    /** The first rule in order that holds, or {@code null}. */
    @Nullable
    Candidate first(RequestAttributes attributes) {
        return root.first(attributes, null);
    }

    /** Passes rules that may hold, those that demand more first, until {@code enough} says so. */
    void visit(RequestAttributes attributes, Predicate<Candidate> enough) {
        root.visit(attributes, enough);
    }
}
