package io.periplus.model.limit;

import io.periplus.api.NamespacedName;
import io.periplus.api.limit.RateLimitPolicy;
import io.periplus.api.limit.RateLimitPolicy.TargetRef;
import io.periplus.model.waypoint.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Something that a policy is attached to. At each of them one policy holds.
 *
 * @param section of a listener or a rule; empty for the whole object
 */
public record LimitPlace(Kind kind, NamespacedName name, String section) {
    /** Kinds of objects, with their group and kind. */
    public enum Kind {
        GATEWAY("gateway.networking.k8s.io", "Gateway"),
        SERVICE("", "Service"),
        SERVICE_ENTRY("networking.istio.io", "ServiceEntry"),
        HTTP_ROUTE("gateway.networking.k8s.io", "HTTPRoute"),
        GRPC_ROUTE("gateway.networking.k8s.io", "GRPCRoute");

        private final String group;
        private final String kind;

        Kind(String group, String kind) {
            this.group = group;
            this.kind = kind;
        }

        /** Empty for the core group. */
        public String group() {
            return group;
        }

        /** As objects name it. */
        public String kind() {
            return kind;
        }
    }

    /** The places of a policy, each once; references of unknown kinds are left out. */
    public static List<LimitPlace> of(RateLimitPolicy policy) {
        return policy.targetRefs().stream()
                .map(ref -> of(policy.key().namespace(), ref))
                .filter(Objects::nonNull)
                .distinct()
                .toList();
    }

    /** What a policy closes while its waypoint is not ready: nothing when it fails open, or refuses nothing anyway. */
    public static List<Target> closed(RateLimitPolicy policy) {
        if (policy.failOpen() || policy.dryRun()) {
            return List.of();
        }
        List<Target> targets = new ArrayList<>();
        for (LimitPlace place : of(policy)) {
            switch (place.kind()) {
                case SERVICE -> targets.add(Target.service(place.name()));
                case SERVICE_ENTRY -> targets.add(Target.serviceEntry(place.name()));
                case GATEWAY -> targets.add(Target.gateway(place.name()));
                case HTTP_ROUTE, GRPC_ROUTE -> {} // like the route itself, which is not there without its waypoint
            }
        }
        return targets;
    }

    private static @Nullable LimitPlace of(String namespace, TargetRef ref) {
        for (Kind kind : Kind.values()) {
            if (kind.group.equals(ref.group()) && kind.kind.equals(ref.kind())) {
                return new LimitPlace(kind, new NamespacedName(namespace, ref.name()), ref.sectionName());
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return kind.kind + " " + name + (section.isEmpty() ? "" : "/" + section);
    }
}
