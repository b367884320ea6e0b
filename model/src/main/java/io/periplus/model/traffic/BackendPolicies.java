package io.periplus.model.traffic;

import io.periplus.api.NamespacedName;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Index;
import io.periplus.model.input.BackendTlsPolicyInput;
import io.periplus.model.input.DestinationRuleInput;
import io.periplus.model.input.DestinationRuleInput.Traffic;
import io.periplus.model.input.ServiceInput;
import io.periplus.model.input.Watched;
import io.periplus.model.mesh.MeshConfig;
import io.periplus.model.route.ServedRouteKey;
import io.periplus.model.workload.ServiceInfo;
import io.periplus.wire.waypoint.BackendPolicy;
import io.periplus.wire.waypoint.BackendTls;
import io.periplus.wire.waypoint.PortTrafficPolicy;
import io.periplus.wire.waypoint.TrafficPolicy;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The policies for the endpoints of a service, for each proxy that fronts the service or has a route to it.
 *
 * @param config of the mesh
 * @param routed by the services that are routed to
 */
public record BackendPolicies(
        Collection<String, MeshConfig> config,
        DestinationRules rules,
        BackendTlsPolicies tlsPolicies,
        TlsSettings tls,
        ClientCertificates clientCertificates,
        ProxyAccounts accounts,
        Index<String, ServedRouteKey, RoutedServices> routed) {

    /** One message for each proxy that is to have one. */
    public Map<BackendPolicyKey, BackendPolicy> of(Fetch fetch, ServiceInfo service) {
        Set<NamespacedName> gateways = new LinkedHashSet<>(service.binding().allExpected());
        fetch.by(routed, service.resourceName()).forEach(route -> gateways.add(route.gateway()));
        Map<BackendPolicyKey, BackendPolicy> policies = new LinkedHashMap<>();
        for (NamespacedName gateway : gateways) {
            BackendPolicy policy = policy(fetch, service, gateway);
            if (policy != null) {
                for (String account : accounts.of(fetch, gateway)) {
                    policies.put(new BackendPolicyKey(gateway, account, service.resourceName()), policy);
                }
            }
        }
        return policies;
    }

    private @Nullable BackendPolicy policy(Fetch fetch, ServiceInfo service, NamespacedName gateway) {
        String hostname = service.message().getHostname();
        DestinationRuleInput rule =
                rules.of(fetch, gateway.namespace(), service.key().namespace(), hostname);
        Traffic general = rule == null ? null : rule.allPorts();
        TrafficPolicy allPorts = traffic(fetch, service, general, gateway, "");
        Map<Integer, TrafficPolicy> ports = new TreeMap<>();
        for (ServiceInput.ServicePort port : service.ports()) {
            Traffic own = rule == null ? null : rule.ports().get(port.port());
            BackendTlsPolicyInput policy = port.name().isEmpty() ? null : tlsPolicies.of(fetch, service, port.name());
            if (own != null || policy != null) {
                ports.put(port.port(), traffic(fetch, service, own == null ? general : own, gateway, port.name()));
            }
        }
        if (allPorts.equals(TrafficPolicy.getDefaultInstance()) && ports.isEmpty()) {
            return null;
        }
        BackendPolicy.Builder message = BackendPolicy.newBuilder()
                .setNamespace(service.key().namespace())
                .setHostname(hostname)
                .setAllPorts(allPorts);
        ports.forEach((port, policy) ->
                message.addPorts(PortTrafficPolicy.newBuilder().setPort(port).setPolicy(policy)));
        return message.build();
    }

    /** A rule that speaks of TLS has the word before a BackendTLSPolicy. */
    private TrafficPolicy traffic(
            Fetch fetch, ServiceInfo service, @Nullable Traffic traffic, NamespacedName gateway, String port) {
        TrafficPolicy.Builder message = traffic == null ? TrafficPolicy.newBuilder() : traffic.policy().toBuilder();
        MeshConfig mesh = fetch.get(config, Watched.MESH);
        if (mesh != null
                && mesh.connectTimeout() != null
                && !message.getConnectionPool().hasConnectTimeout()) {
            message.getConnectionPoolBuilder().setConnectTimeout(mesh.connectTimeout());
        }
        if (traffic != null && traffic.tls() != null) {
            BackendTls own = tls.of(
                    fetch, traffic.tls(), gateway.namespace(), service.message().getSubjectAltNamesList());
            return own == null
                    ? message.build()
                    : message.setTls(clientCertificates.complete(fetch, own, gateway))
                            .build();
        }
        BackendTlsPolicyInput policy = port.isEmpty() ? null : tlsPolicies.of(fetch, service, port);
        if (policy == null) {
            policy = tlsPolicies.of(fetch, service, "");
        }
        return policy == null
                ? message.build()
                : message.setTls(clientCertificates.complete(fetch, tls.of(fetch, policy), gateway))
                        .build();
    }
}
