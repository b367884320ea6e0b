package io.periplus.model.traffic;

import io.periplus.api.NamespacedName;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Index;
import io.periplus.model.gateway.DeploymentWishes;
import io.periplus.model.input.GatewayClassInput;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.input.PodInput;
import io.periplus.model.proxy.ProxyNames;
import io.periplus.model.waypoint.Waypoints;
import java.util.Set;
import java.util.TreeSet;

/**
 * The service accounts of a Gateway's proxies.
 *
 * @param podsByGateway by the Gateway as their label names it
 */
public record ProxyAccounts(
        Collection<NamespacedName, GatewayInput> gateways,
        Collection<String, GatewayClassInput> classes,
        Index<NamespacedName, NamespacedName, PodInput> podsByGateway) {

    /** Their names, in the Gateway's namespace; empty for a Gateway that does not exist. */
    public Set<String> of(Fetch fetch, NamespacedName key) {
        GatewayInput gateway = fetch.get(gateways, key);
        if (gateway == null) {
            return Set.of();
        }
        if (!DeploymentWishes.byHand(gateway)) {
            return Set.of(ProxyNames.serviceAccount(
                    gateway, Waypoints.controller(gateway.className(), fetch.get(classes, gateway.className()))));
        }
        // Of a Gateway that its user deploys only the pods are known.
        Set<String> accounts = new TreeSet<>();
        fetch.by(podsByGateway, new NamespacedName(key.namespace(), ProxyNames.label(key.name()))).stream()
                .filter(pod -> !pod.finished())
                .forEach(pod -> accounts.add(pod.serviceAccount()));
        return accounts;
    }
}
