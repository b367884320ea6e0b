package io.periplus.model.policy;

import io.periplus.api.security.AuthorizationPolicy;
import io.periplus.api.security.AuthorizationPolicy.Condition;
import io.periplus.api.security.AuthorizationPolicy.Rule;
import io.periplus.api.security.AuthorizationPolicy.Source;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The names of the mesh's trust domain. A principal in one of them means the same identity in each of the others, so that a
 * trust domain can be renamed while policies and certificates still carry the old name, and a policy for one of the trust
 * domains is for all of them. Namespaces and service accounts compare without the trust domain anyway.
 *
 * @param names the trust domain's own and its aliases
 */
public record TrustDomains(Set<String> names) {
    /** The own name and its aliases. */
    public static TrustDomains of(String own, List<String> aliases) {
        Set<String> names = new LinkedHashSet<>(List.of(own));
        names.addAll(aliases);
        return new TrustDomains(names);
    }

    /** Principals in all names. */
    public SortedSet<String> principals(Collection<String> principals) {
        return new TreeSet<>(expand(principals));
    }

    /** The policy with every principal, and every trust domain, in all names. */
    public AuthorizationPolicy expand(AuthorizationPolicy policy) {
        if (names.size() == 1) {
            return policy;
        }
        List<Rule> rules = policy.rules().stream()
                .map(rule -> new Rule(
                        rule.from().stream().map(this::expand).toList(),
                        rule.to(),
                        rule.when().stream().map(this::expand).toList()))
                .toList();
        return policy.withRules(rules);
    }

    private Source expand(Source source) {
        return source.withIdentities(this::expand, this::domains);
    }

    private Condition expand(Condition when) {
        return switch (when.key()) {
            case "source.principal" -> new Condition(when.key(), expand(when.values()), expand(when.notValues()));
            case "source.trustDomain" -> new Condition(when.key(), domains(when.values()), domains(when.notValues()));
            default -> when;
        };
    }

    private List<String> domains(List<String> values) {
        Set<String> expanded = new LinkedHashSet<>(values);
        if (values.stream().anyMatch(this::isOurs)) {
            expanded.addAll(names);
        }
        return new ArrayList<>(expanded);
    }

    private boolean isOurs(String value) {
        return names.stream().anyMatch(name -> matches(value, name));
    }

    /** As proxies compare: exact, {@code prefix*}, {@code *suffix} or {@code *}. */
    private static boolean matches(String value, String name) {
        if (value.startsWith("*")) {
            return name.endsWith(value.substring(1));
        }
        return value.endsWith("*") ? name.startsWith(value.substring(0, value.length() - 1)) : name.equals(value);
    }

    private List<String> expand(Collection<String> principals) {
        Set<String> expanded = new LinkedHashSet<>();
        for (String principal : principals) {
            expanded.add(principal);
            int slash = principal.indexOf('/');
            if (slash > 0 && names.contains(principal.substring(0, slash))) {
                names.forEach(name -> expanded.add(name + principal.substring(slash)));
            } else if (slash < 0 && principal.length() > 1 && principal.endsWith("*") && isOurs(principal)) {
                names.forEach(name -> expanded.add(name + "/*"));
            }
        }
        return new ArrayList<>(expanded);
    }
}
