package io.periplus.model.policy;

import io.periplus.api.security.AuthorizationPolicy;
import io.periplus.api.security.AuthorizationPolicy.Condition;
import io.periplus.api.security.AuthorizationPolicy.Rule;
import io.periplus.api.security.AuthorizationPolicy.Source;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The names of the mesh's trust domain. A principal in one of them means the same identity in each of the others, so that a
 * trust domain can be renamed while policies and certificates still carry the old name. Namespaces and service accounts
 * compare without the trust domain anyway.
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

    /** The policy with every principal in all names. */
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
        return source.withPrincipals(expand(source.principals()), expand(source.notPrincipals()));
    }

    private Condition expand(Condition when) {
        return when.key().equals("source.principal")
                ? new Condition(when.key(), expand(when.values()), expand(when.notValues()))
                : when;
    }

    private List<String> expand(List<String> principals) {
        Set<String> expanded = new LinkedHashSet<>();
        for (String principal : principals) {
            expanded.add(principal);
            int slash = principal.indexOf('/');
            if (slash > 0 && names.contains(principal.substring(0, slash))) {
                names.forEach(name -> expanded.add(name + principal.substring(slash)));
            }
        }
        return new ArrayList<>(expanded);
    }
}
