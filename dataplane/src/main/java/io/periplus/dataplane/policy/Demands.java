package io.periplus.dataplane.policy;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What has to be so for a rule to hold, as far as it can be said with literal texts: by facet, the texts of which the
 * traffic has to have one. A facet about which nothing can be said is absent.
 */
final class Demands {
    private Demands() {}

    /** Of a rule: each clause has to hold, so the narrowest demand counts. */
    static Map<Facet, Set<String>> of(Rule rule) {
        Map<Facet, Set<String>> demands = new HashMap<>();
        for (Rule.Clause clause : rule.clauses()) {
            of(clause).forEach((facet, texts) -> demands.merge(facet, texts, Demands::narrower));
        }
        return demands;
    }

    /** Of a clause: any alternative may hold, so only what all of them demand. */
    private static Map<Facet, Set<String>> of(Rule.Clause clause) {
        Map<Facet, Set<String>> demands = null;
        for (Rule.Alternative alternative : clause.alternatives()) {
            Map<Facet, Set<String>> more = of(alternative);
            if (demands == null) {
                demands = more;
            } else {
                demands.keySet().retainAll(more.keySet());
                demands.forEach((facet, texts) -> texts.addAll(more.get(facet)));
            }
        }
        return demands == null ? Map.of() : demands;
    }

    private static Map<Facet, Set<String>> of(Rule.Alternative alternative) {
        Map<Facet, Set<String>> demands = new HashMap<>();
        for (Condition condition : alternative.conditions()) {
            if (!condition.negated()) {
                of(condition).forEach((facet, texts) -> demands.merge(facet, texts, Demands::narrower));
            }
        }
        return demands;
    }

    private static Map<Facet, Set<String>> of(Condition condition) {
        Map<Facet, Set<String>> demands = new HashMap<>();
        switch (condition) {
            case Condition.OfText text -> {
                put(
                        demands,
                        new Facet.Whole(text.attribute()),
                        whole(text.values(), text.attribute().ignoreCase()));
                if (text.attribute().equals(TextAttribute.PATH)) {
                    for (int i = 0; i < Facet.Segment.COUNT; i++) {
                        put(demands, new Facet.Segment(i), segment(text.values().all(), i));
                    }
                }
            }
            case HeaderCondition header -> put(demands, new Facet.Header(header.name()), whole(header.values(), false));
            case Condition.OfServiceAccount accounts -> {
                Set<String> namespaces = new HashSet<>();
                Set<String> names = new HashSet<>();
                accounts.accounts().forEach(account -> {
                    namespaces.add(account.namespace());
                    names.add(account.name());
                });
                demands.put(new Facet.Whole(TextAttribute.NAMESPACE), namespaces);
                demands.put(new Facet.Whole(TextAttribute.ACCOUNT), names);
            }
            case Condition.OfClaim _, RequestPrincipals _, Condition.OfAddress _, Condition.OfPort _ -> {}
        }
        return demands;
    }

    private static void put(Map<Facet, Set<String>> demands, Facet facet, @Nullable Set<String> texts) {
        if (texts != null) {
            demands.put(facet, texts);
        }
    }

    private static @Nullable Set<String> whole(TextMatchers values, boolean ignoreCase) {
        Set<String> texts = new HashSet<>();
        for (StringMatcher matcher : values.all()) {
            if (!(matcher instanceof StringMatcher.Exact exact)) {
                return null;
            }
            texts.add(ignoreCase ? exact.expected().toLowerCase(Locale.ROOT) : exact.expected());
        }
        return texts;
    }

    private static @Nullable Set<String> segment(List<StringMatcher> matchers, int index) {
        Set<String> texts = new HashSet<>();
        for (StringMatcher matcher : matchers) {
            String text = segment(matcher, index);
            if (text == null) {
                return null;
            }
            texts.add(text);
        }
        return texts;
    }

    /** What the segment has to be, or {@code null} if it may be several things or need not be there. */
    private static @Nullable String segment(StringMatcher matcher, int index) {
        return switch (matcher) {
            case StringMatcher.Exact exact -> segment(exact.expected(), index, true);
            case StringMatcher.Prefix prefix -> segment(prefix.prefix(), index, false);
            case PathTemplate template -> {
                // The first segment of a template is what stands before the first slash.
                List<String> segments = template.segments();
                boolean literal = index + 1 < segments.size()
                        && segments.getFirst().isEmpty()
                        && !PathTemplate.isTemplate(segments.get(index + 1));
                yield literal ? segments.get(index + 1) : null;
            }
            case StringMatcher.Suffix _, StringMatcher.Presence _, StringMatcher.Glob _ -> null;
        };
    }

    private static @Nullable String segment(String path, int index, boolean complete) {
        if (path.isEmpty() || path.charAt(0) != '/') {
            return null;
        }
        String[] segments = path.split("/", -1);
        // The last segment of a prefix may go on.
        int known = complete ? segments.length : segments.length - 1;
        return index + 1 < known ? segments[index + 1] : null;
    }

    private static Set<String> narrower(Set<String> a, Set<String> b) {
        return a.size() <= b.size() ? a : b;
    }
}
