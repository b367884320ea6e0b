package io.periplus.controlplane.kube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.periplus.api.NamespacedName;
import io.periplus.model.input.DestinationRuleInput;
import io.periplus.model.input.DestinationRuleInput.Tls;
import io.periplus.model.input.DestinationRuleInput.Traffic;
import io.periplus.wire.waypoint.TrafficPolicy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** From DestinationRules to what the index reads of them. */
final class DestinationRuleInputs {
    private DestinationRuleInputs() {}

    static DestinationRuleInput rule(GenericKubernetesResource object) {
        NamespacedName key = Inputs.key(object);
        Tree spec = Inputs.body(object).at("spec");
        List<String> problems = new ArrayList<>();
        Tree policy = spec.at("trafficPolicy");
        Map<Integer, Traffic> ports = new LinkedHashMap<>();
        Traffic allPorts = spec.has("trafficPolicy") ? traffic(policy, policy, problems) : null;
        for (Tree port : policy.list("portLevelSettings")) {
            ports.put(port.at("port").number("number"), traffic(port, policy, problems));
        }
        List<String> subsets =
                spec.list("subsets").stream().map(subset -> subset.text("name")).toList();
        if (!subsets.isEmpty()) {
            problems.add(
                    "subsets " + subsets + " get no traffic: only a VirtualService can name them, and waypoints route "
                            + "by HTTPRoutes; make a Service for each version");
        }
        boolean selective = spec.has("workloadSelector");
        if (selective) {
            problems.add(
                    "workloadSelector selects pods with sidecars; the rule has no effect on waypoints and Gateways");
        }
        return new DestinationRuleInput(
                key,
                Objects.requireNonNullElse(object.getMetadata().getGeneration(), 0L),
                Objects.requireNonNullElse(object.getMetadata().getCreationTimestamp(), ""),
                spec.text("host").toLowerCase(Locale.ROOT),
                allPorts,
                Map.copyOf(ports),
                subsets,
                spec.texts("exportTo"),
                selective,
                List.copyOf(problems));
    }

    /** @param whole the policy for all ports, which alone holds what cannot differ between ports */
    private static Traffic traffic(Tree policy, Tree whole, List<String> problems) {
        TrafficPolicy.Builder message = TrafficPolicy.newBuilder();
        TrafficFields fields = new TrafficFields(message, problems);
        fields.loadBalancing(policy);
        fields.connectionPool(policy);
        fields.outlierDetection(policy);
        fields.proxyProtocol(whole);
        fields.retryBudget(whole);
        return new Traffic(message.build(), tls(policy));
    }

    private static @Nullable Tls tls(Tree policy) {
        if (!policy.has("tls")) {
            return null;
        }
        Tree tls = policy.at("tls");
        return new Tls(
                tls.text("mode", "DISABLE"),
                tls.text("credentialName"),
                tls.text("clientCertificate"),
                tls.text("privateKey"),
                tls.text("caCertificates"),
                tls.text("sni"),
                tls.texts("subjectAltNames"),
                tls.flag("insecureSkipVerify"));
    }
}
