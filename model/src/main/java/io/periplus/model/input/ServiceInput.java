package io.periplus.model.input;

import io.periplus.api.NamespacedName;
import io.periplus.model.waypoint.Bindable;
import io.periplus.model.waypoint.Target;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Service.
 *
 * @param type                  {@code ClusterIP}, {@code NodePort}, {@code LoadBalancer} or {@code ExternalName}
 * @param clusterIps            as written: may be {@code None} or empty
 * @param externalAddresses     load balancer addresses of its status
 * @param selector              empty when it selects nothing
 * @param internalTrafficPolicy {@code Cluster} or {@code Local}; empty when unset
 * @param trafficDistribution   empty when unset
 */
public record ServiceInput(
        NamespacedName key,
        String uid,
        String created,
        Map<String, String> labels,
        Map<String, String> annotations,
        String type,
        List<String> clusterIps,
        List<String> externalAddresses,
        List<String> ipFamilies,
        List<ServicePort> ports,
        Map<String, String> selector,
        boolean publishNotReadyAddresses,
        String internalTrafficPolicy,
        String trafficDistribution,
        List<ConditionInput> conditions)
        implements Bindable {

    @Override
    public Target target() {
        return Target.service(key);
    }

    @Override
    public boolean mayHave(Map<String, String> wanted) {
        return wanted.entrySet().stream()
                .allMatch(label -> label.getValue().equals(selector.getOrDefault(label.getKey(), label.getValue())));
    }

    /**
     * A port of a Service.
     *
     * @param protocol    {@code TCP}, {@code UDP} or {@code SCTP}
     * @param appProtocol null when unset
     * @param targetName  name of a container port; null when the target is a number
     * @param target      the number; 0 when the target is a name
     */
    public record ServicePort(
            String name,
            int port,
            String protocol,
            @Nullable String appProtocol,
            @Nullable String targetName,
            int target) {}
}
