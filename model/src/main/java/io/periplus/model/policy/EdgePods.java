package io.periplus.model.policy;

import io.periplus.api.Labels;
import io.periplus.api.NamespacedName;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Index;
import io.periplus.model.gateway.DeploymentWish;
import io.periplus.model.gateway.EdgeGateway;
import io.periplus.model.input.PodInput;
import io.periplus.model.input.Selectors;
import io.periplus.model.proxy.ProxyNames;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The pods of Gateways at the edge, as policies without targets select them: a policy of their namespace, or of the root
 * namespace, applies to them as to all workloads, and their proxies judge it for everything that they serve.
 *
 * @param deployments   by their Gateway
 * @param podsByGateway by the Gateway as their label names it
 */
public record EdgePods(
        Collection<NamespacedName, EdgeGateway> gateways,
        Collection<NamespacedName, DeploymentWish> deployments,
        Index<NamespacedName, NamespacedName, PodInput> podsByGateway,
        String rootNamespace) {

    /**
     * The Gateways to whose pods a policy without targets applies.
     *
     * @param namespace of the policy
     * @param selector  null when it selects every pod
     */
    public List<NamespacedName> selectedBy(Fetch fetch, String namespace, @Nullable Map<String, String> selector) {
        return fetch.all(gateways).keySet().stream()
                .filter(gateway -> namespace.equals(rootNamespace) || namespace.equals(gateway.namespace()))
                .filter(gateway -> selector == null || selects(fetch, selector, gateway))
                .sorted()
                .toList();
    }

    // Before the first pod is there, what it is going to be labelled with counts: its policies are there before it.
    private boolean selects(Fetch fetch, Map<String, String> selector, NamespacedName gateway) {
        DeploymentWish wish = fetch.get(deployments, gateway);
        if (wish != null && Selectors.matches(selector, labels(wish))) {
            return true;
        }
        NamespacedName label = new NamespacedName(gateway.namespace(), ProxyNames.label(gateway.name()));
        return fetch.by(podsByGateway, label).stream().anyMatch(pod -> Selectors.matches(selector, pod.labels()));
    }

    private static Map<String, String> labels(DeploymentWish wish) {
        Map<String, String> labels = new LinkedHashMap<>(wish.labels());
        labels.put(Labels.GATEWAY_NAME, ProxyNames.label(wish.gateway().name()));
        labels.put(Labels.GATEWAY_CLASS_NAME, wish.className());
        labels.put(Labels.GATEWAY_MANAGED, wish.kind().managed());
        return labels;
    }
}
