package io.periplus.dataplane.policy;

import io.periplus.dataplane.policy.RuleIndex.Candidate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Policies of one action that apply together, with their rules indexed for requests and for connections. */
record ActionRules(List<CompiledPolicy> policies, RuleIndex http, RuleIndex tcp) {
    static final ActionRules NONE = new ActionRules(List.of(), RuleIndex.EMPTY, RuleIndex.EMPTY);

    static ActionRules of(List<CompiledPolicy> policies) {
        if (policies.isEmpty()) {
            return NONE;
        }
        RuleIndex http = index(policies, CompiledPolicy::httpRules);
        boolean same = policies.stream().allMatch(policy -> policy.tcpRules().equals(policy.httpRules()));
        return new ActionRules(List.copyOf(policies), http, same ? http : index(policies, CompiledPolicy::tcpRules));
    }

    private static RuleIndex index(List<CompiledPolicy> policies, Function<CompiledPolicy, List<Rule>> rules) {
        List<Candidate> candidates = new ArrayList<>();
        for (CompiledPolicy policy : policies) {
            for (Rule rule : rules.apply(policy)) {
                candidates.add(new Candidate(candidates.size(), policy, rule));
            }
        }
        return RuleIndex.of(candidates);
    }

    RuleIndex index(RequestAttributes attributes) {
        return attributes.http() == null ? tcp : http;
    }

    /** The first rule that holds, in the order of policies and rules; or {@code null}. */
    @Nullable
    Candidate first(RequestAttributes attributes) {
        return index(attributes).first(attributes);
    }

    boolean isEmpty() {
        return policies.isEmpty();
    }
}
