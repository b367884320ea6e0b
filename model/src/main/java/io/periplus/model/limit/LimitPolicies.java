package io.periplus.model.limit;

import io.periplus.api.NamespacedName;
import io.periplus.api.limit.RateLimitPolicy;
import io.periplus.model.collection.Fetch;
import io.periplus.model.traffic.ProxyAccounts;
import io.periplus.wire.waypoint.LimitTarget;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which proxies are sent which policies: each to those that serve one of the places where it holds. */
public record LimitPolicies(LimitAttachments attachments, LimitMessages messages, ProxyAccounts accounts) {

    /** One message for each proxy that is to have one. */
    public Map<LimitPolicyKey, io.periplus.wire.waypoint.RateLimitPolicy> of(Fetch fetch, RateLimitPolicy policy) {
        Map<NamespacedName, List<LimitTarget>> targets = new TreeMap<>();
        for (Attachment attachment : attachments.of(fetch, policy)) {
            if (attachment.outcome() == Attachment.HOLDS) {
                attachment
                        .targets()
                        .forEach((gateway, at) -> targets.computeIfAbsent(gateway, _ -> new ArrayList<>())
                                .addAll(at));
            }
        }
        if (targets.isEmpty()) {
            return Map.of();
        }
        var message = messages.of(fetch, policy);
        Map<LimitPolicyKey, io.periplus.wire.waypoint.RateLimitPolicy> result = new LinkedHashMap<>();
        targets.forEach((gateway, at) -> {
            var own = message.toBuilder().addAllTargets(at).build();
            for (String account : accounts.of(fetch, gateway)) {
                result.put(new LimitPolicyKey(gateway, account, policy.key()), own);
            }
        });
        return result;
    }
}
