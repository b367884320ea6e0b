package io.periplus.model.mesh;

import io.periplus.api.NamespacedName;
import io.periplus.model.policy.WaypointPolicies;
import io.periplus.wire.waypoint.Action;
import io.periplus.wire.waypoint.AuthorizationPolicy;
import java.util.Comparator;
import java.util.Map;

/** That a proxy has a policy which names an extension provider. */
public record ProviderUse(NamespacedName gateway, NamespacedName policy, String provider)
        implements Comparable<ProviderUse> {
    private static final Comparator<ProviderUse> ORDER = Comparator.comparing(ProviderUse::gateway)
            .thenComparing(ProviderUse::policy)
            .thenComparing(ProviderUse::provider);

    /** The use that a policy at a proxy makes of its provider. */
    public static Map<ProviderUse, ProviderUse> of(WaypointPolicies.Key key, AuthorizationPolicy policy) {
        if (policy.getAction() != Action.CUSTOM) {
            return Map.of();
        }
        ProviderUse use = new ProviderUse(key.waypoint(), key.policy(), policy.getProvider());
        return Map.of(use, use);
    }

    @Override
    public int compareTo(ProviderUse other) {
        return ORDER.compare(this, other);
    }
}
