package io.periplus.model.authn;

import io.periplus.api.NamespacedName;
import io.periplus.api.security.RequestAuthentication;
import io.periplus.api.security.RequestAuthentication.JwtRule;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Graph;
import io.periplus.model.input.ConditionInput;
import io.periplus.model.policy.EdgePods;
import io.periplus.model.policy.PolicyStatus;
import io.periplus.model.policy.TargetVerdicts;
import io.periplus.model.policy.TargetedProxies;
import io.periplus.model.policy.Verdict;
import io.periplus.model.traffic.ProxyAccounts;
import io.periplus.wire.waypoint.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What follows from RequestAuthentications: which proxies enforce them, which keys have to be fetched for that, and what
 * their authors are told. Keys are fetched only for what is enforced somewhere.
 */
public final class Tokens {
    private final TargetedProxies targeted;
    private final EdgePods edgePods;
    private final ProxyAccounts accounts;
    private final TargetVerdicts verdicts;
    private final Collection<KeySource, FetchedKeys> fetched;
    private final Collection<TokenPolicyKey, io.periplus.wire.waypoint.RequestAuthentication> policies;
    private final Collection<WantedKeys.Key, WantedKeys> wantedKeys;
    private final Collection<NamespacedName, TokenStatus> statuses;

    public Tokens(
            Graph graph,
            Collection<NamespacedName, RequestAuthentication> authentications,
            TargetedProxies targeted,
            EdgePods edgePods,
            ProxyAccounts accounts,
            TargetVerdicts verdicts,
            Collection<KeySource, FetchedKeys> fetched) {
        this.targeted = targeted;
        this.edgePods = edgePods;
        this.accounts = accounts;
        this.verdicts = verdicts;
        this.fetched = fetched;
        policies = graph.flatMap("tokenPolicies", authentications, this::messages);
        wantedKeys = graph.flatMap("wantedKeys", authentications, this::wanted);
        statuses = graph.map("tokenStatuses", authentications, this::status);
    }

    /** What the proxies of each Gateway are sent. */
    public Collection<TokenPolicyKey, io.periplus.wire.waypoint.RequestAuthentication> policies() {
        return policies;
    }

    /** The keys that have to be fetched. */
    public Collection<WantedKeys.Key, WantedKeys> wantedKeys() {
        return wantedKeys;
    }

    /** The status of every RequestAuthentication. */
    public Collection<NamespacedName, TokenStatus> statuses() {
        return statuses;
    }

    private Map<NamespacedName, List<Target>> proxies(Fetch fetch, RequestAuthentication policy) {
        if (!policy.targetRefs().isEmpty()) {
            return targeted.of(fetch, policy.key(), policy.targetRefs());
        }
        Map<NamespacedName, List<Target>> gateways = new TreeMap<>();
        edgePods.selectedBy(fetch, policy.key().namespace(), policy.selector())
                .forEach(gateway -> gateways.put(gateway, List.of(TargetedProxies.whole())));
        return gateways;
    }

    private Map<TokenPolicyKey, io.periplus.wire.waypoint.RequestAuthentication> messages(
            Fetch fetch, RequestAuthentication policy) {
        Map<TokenPolicyKey, io.periplus.wire.waypoint.RequestAuthentication> messages = new LinkedHashMap<>();
        proxies(fetch, policy).forEach((proxy, targets) -> {
            var message = TokenMessages.of(policy, targets, source -> fetch.get(fetched, source));
            accounts.of(fetch, proxy)
                    .forEach(account -> messages.put(new TokenPolicyKey(proxy, account, policy.key()), message));
        });
        return messages;
    }

    private Map<WantedKeys.Key, WantedKeys> wanted(Fetch fetch, RequestAuthentication policy) {
        Map<WantedKeys.Key, WantedKeys> wanted = new LinkedHashMap<>();
        if (!proxies(fetch, policy).isEmpty()) {
            for (JwtRule rule : policy.rules()) {
                KeySource.of(rule).ifPresent(source -> {
                    WantedKeys.Key key = new WantedKeys.Key(policy.key(), source);
                    wanted.merge(
                            key,
                            new WantedKeys(key, rule.timeout()),
                            (one, other) -> one.timeout().compareTo(other.timeout()) >= 0 ? one : other);
                });
            }
        }
        return wanted;
    }

    private TokenStatus status(Fetch fetch, RequestAuthentication policy) {
        Verdict verdict = verdict(fetch, policy);
        return new TokenStatus(
                policy.key(),
                ConditionInput.of(PolicyStatus.WAYPOINT, verdict.accepted(), verdict.reason(), verdict.message())
                        .observed(policy.generation()));
    }

    private Verdict verdict(Fetch fetch, RequestAuthentication policy) {
        if (!policy.problems().isEmpty()) {
            return new Verdict(false, "Invalid", String.join("; ", policy.allProblems()));
        }
        Verdict placed = policy.targetRefs().isEmpty()
                ? selected(fetch, policy)
                : verdicts.of(fetch, policy.key(), policy.targetRefs());
        List<String> refused = new ArrayList<>();
        boolean invalid = false;
        for (JwtRule rule : policy.rules()) {
            String problem = TokenMessages.problem(rule, source -> fetch.get(fetched, source));
            if (!problem.isEmpty() && (placed.accepted() || !rule.problems().isEmpty())) {
                // A proxy keeps the keys that it had before the control plane was restarted.
                refused.add(
                        rule.problems().isEmpty()
                                ? problem + " (where keys are known from before, they stay)"
                                : problem);
                invalid |= !rule.problems().isEmpty();
            }
        }
        if (refused.isEmpty()) {
            return placed;
        }
        String what = refused.size() == policy.rules().size() ? "Every token is refused" : "Some tokens are refused";
        return new Verdict(
                placed.accepted(),
                !placed.accepted() ? placed.reason() : invalid ? "PartiallyInvalid" : "KeysUnavailable",
                placed.message() + ". " + what + ": " + String.join("; ", refused));
    }

    private Verdict selected(Fetch fetch, RequestAuthentication policy) {
        List<NamespacedName> gateways = edgePods.selectedBy(fetch, policy.key().namespace(), policy.selector());
        return gateways.isEmpty()
                ? new Verdict(
                        false,
                        "UnsupportedValue",
                        "selects the pods of no Gateway, and ztunnel does not read tokens; add targetRefs to enforce it"
                                + " at a waypoint")
                : new Verdict(
                        true,
                        "Accepted",
                        gateways.stream().map(gateway -> "bound to " + gateway).collect(Collectors.joining(", ")));
    }
}
