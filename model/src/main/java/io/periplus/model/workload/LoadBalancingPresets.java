package io.periplus.model.workload;

import io.periplus.api.Annotations;
import io.periplus.model.input.NamespaceInput;
import io.periplus.model.input.ServiceInput;
import io.periplus.wire.workload.LoadBalancing;
import io.periplus.wire.workload.LoadBalancing.HealthPolicy;
import io.periplus.wire.workload.LoadBalancing.Mode;
import io.periplus.wire.workload.LoadBalancing.Scope;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How endpoints of a Service are preferred, from the fields and annotations that say so; the first that speaks wins. */
final class LoadBalancingPresets {
    private static final LoadBalancing SAME_NODE_ONLY = preset(Mode.STRICT, List.of(Scope.NODE));
    private static final LoadBalancing SAME_ZONE_FIRST =
            preset(Mode.FAILOVER, List.of(Scope.NETWORK, Scope.REGION, Scope.ZONE));
    private static final LoadBalancing SAME_NODE_FIRST =
            preset(Mode.FAILOVER, List.of(Scope.NETWORK, Scope.REGION, Scope.ZONE, Scope.SUBZONE, Scope.NODE));

    private LoadBalancingPresets() {}

    /** The preference; null for plain random choice among healthy endpoints. */
    static @Nullable LoadBalancing of(ServiceInput service, @Nullable NamespaceInput namespace) {
        LoadBalancing preset = preference(service, namespace);
        if (!service.publishNotReadyAddresses()) {
            return preset;
        }
        LoadBalancing.Builder builder = preset == null ? LoadBalancing.newBuilder() : preset.toBuilder();
        return builder.setHealthPolicy(HealthPolicy.ALLOW_ALL).build();
    }

    private static @Nullable LoadBalancing preference(ServiceInput service, @Nullable NamespaceInput namespace) {
        if (service.internalTrafficPolicy().equals("Local")) {
            return SAME_NODE_ONLY;
        }
        if (!service.trafficDistribution().isEmpty()) {
            return byName(service.trafficDistribution());
        }
        return annotated(service.annotations(), namespace);
    }

    /** What the annotation says, the own one before the namespace's; null when nothing. */
    static @Nullable LoadBalancing annotated(Map<String, String> annotations, @Nullable NamespaceInput namespace) {
        String own = annotations.get(Annotations.TRAFFIC_DISTRIBUTION);
        if (own != null) {
            return byName(own);
        }
        String inherited = namespace == null ? null : namespace.annotations().get(Annotations.TRAFFIC_DISTRIBUTION);
        return inherited == null ? null : byName(inherited);
    }

    private static @Nullable LoadBalancing byName(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "preferclose", "prefersamezone" -> SAME_ZONE_FIRST;
            case "prefersamenode" -> SAME_NODE_FIRST;
            default -> null;
        };
    }

    private static LoadBalancing preset(Mode mode, List<Scope> scopes) {
        return LoadBalancing.newBuilder()
                .setMode(mode)
                .addAllRoutingPreference(scopes)
                .build();
    }
}
