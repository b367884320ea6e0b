package io.periplus.waypoint.authn;

import io.periplus.wire.waypoint.RequestAuthentication;
import io.periplus.wire.waypoint.Target;
import io.periplus.wire.waypoint.TokenRule;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The RequestAuthentications as the control plane sent them, and what was compiled from them. Written by the xDS client's
 * thread alone, read from every thread.
 */
public final class AuthenticationStore {
    private final Map<String, RequestAuthentication> policies = new TreeMap<>();
    private volatile Authentications current = Authentications.NONE;
    private volatile Map<String, RequestAuthentication> described = Map.of();
    /** By their text, so that tokens that were verified stay verified while other things change. */
    private Map<String, KeySet> keySets = Map.of();
    /** The text of keys that the control plane had fetched, by where it had them from. */
    private Map<String, String> fetched = Map.of();

    /** By resource name, {@code namespace/name}, for pages: keys may be secrets, so their names stand in their place. */
    public Map<String, RequestAuthentication> described() {
        return described;
    }

    Authentications compiled() {
        return current;
    }

    /** Applies one push: policies in place of those with the same name, and names that are gone. */
    public void apply(Map<String, RequestAuthentication> changed, Collection<String> removed) {
        policies.keySet().removeAll(removed);
        policies.putAll(changed);
        compile();
        Map<String, RequestAuthentication> pages = new HashMap<>();
        policies.forEach((name, policy) -> pages.put(name, withoutKeys(policy)));
        described = Map.copyOf(pages);
    }

    private RequestAuthentication withoutKeys(RequestAuthentication policy) {
        RequestAuthentication.Builder page = policy.toBuilder();
        for (TokenRule.Builder rule : page.getRulesBuilderList()) {
            if (rule.hasJwks()) {
                rule.setJwks(String.valueOf(keySets.get(rule.getJwks())));
            }
        }
        return page.build();
    }

    private void compile() {
        Map<String, KeySet> keys = new HashMap<>();
        Map<String, String> kept = new HashMap<>();
        List<CompiledRule> everywhere = new ArrayList<>();
        Map<String, List<CompiledRule>> byService = new TreeMap<>();
        for (RequestAuthentication policy : policies.values()) {
            List<CompiledRule> rules = policy.getRulesList().stream()
                    .map(rule -> CompiledRule.of(rule, keys(rule, keys, kept)))
                    .toList();
            // Everything and a service in it would make the rules count twice there.
            if (policy.getTargetsList().stream().anyMatch(Target::hasGateway)) {
                everywhere.addAll(rules);
                continue;
            }
            for (Target target : policy.getTargetsList()) {
                if (target.hasService()) {
                    String service = target.getService().getNamespace() + "/"
                            + target.getService().getHostname();
                    byService.computeIfAbsent(service, _ -> new ArrayList<>()).addAll(rules);
                }
            }
        }
        keySets = keys;
        fetched = kept;
        Map<String, TokenRules> compiled = new HashMap<>();
        byService.forEach((service, rules) -> {
            List<CompiledRule> all = new ArrayList<>(everywhere);
            all.addAll(rules);
            compiled.put(service, TokenRules.of(all));
        });
        current = new Authentications(Map.copyOf(compiled), everywhere.isEmpty() ? null : TokenRules.of(everywhere));
    }

    private KeySet keys(TokenRule rule, Map<String, KeySet> next, Map<String, String> kept) {
        String text = rule.getJwks();
        if (!rule.hasJwks()) {
            // A control plane that was just started may not reach a server of keys that it reached before.
            String before = rule.getKeysFrom().isEmpty() ? null : fetched.get(rule.getKeysFrom());
            if (before == null) {
                return KeySet.unavailable();
            }
            text = before;
        }
        if (!rule.getKeysFrom().isEmpty()) {
            kept.put(rule.getKeysFrom(), text);
        }
        return next.computeIfAbsent(text, jwks -> {
            KeySet known = keySets.get(jwks);
            return known != null ? known : KeySet.parse(jwks);
        });
    }
}
