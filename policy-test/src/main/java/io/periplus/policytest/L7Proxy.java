package io.periplus.policytest;

import io.periplus.api.NamespacedName;
import io.periplus.dataplane.policy.CompiledPolicy;
import io.periplus.dataplane.policy.PolicySet;
import io.periplus.dataplane.policy.WaypointPolicyCompiler;
import io.periplus.model.AmbientIndex;
import io.periplus.waypoint.authn.AuthenticationStore;
import io.periplus.waypoint.authn.TokenCheck;
import io.periplus.wire.waypoint.RequestAuthentication;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A waypoint or Gateway as the control plane of such a cluster configures it.
 *
 * @param accepted which tokens are, for the author of cases to be shown where to put one
 */
record L7Proxy(PolicySet policies, TokenCheck tokens, Collection<RequestAuthentication> accepted) {
    static L7Proxy of(AmbientIndex index, NamespacedName gateway, TestTokens signer) {
        List<CompiledPolicy> policies = new ArrayList<>();
        index.waypointPolicies.entries().forEach((key, policy) -> {
            if (key.waypoint().equals(gateway)) {
                policies.add(WaypointPolicyCompiler.compile(policy));
            }
        });
        Map<String, RequestAuthentication> accepted = new TreeMap<>();
        index.tokenPolicies.entries().forEach((key, policy) -> {
            if (key.gateway().equals(gateway)) {
                accepted.put(key.policy().toString(), signer.trusting(policy));
            }
        });
        AuthenticationStore store = new AuthenticationStore();
        store.apply(accepted, List.of());
        return new L7Proxy(PolicySet.of(policies), new TokenCheck(store), accepted.values());
    }
}
