package io.periplus.model.route;

import io.periplus.model.input.GatewayInput.Allowed;
import io.periplus.model.input.RouteKey;
import java.util.Set;

/**
 * What routes have to know of a listener.
 *
 * @param resourceName the name of the listener in what its Gateway's proxies are sent: unique in the Gateway
 * @param hostname     lower case, exact or with a leading {@code *.}; empty for every name
 * @param allowed      namespaces whose routes may attach
 * @param kinds        of routes that may attach: those of its protocol that it allows
 * @param served       whether proxies are sent the listener; routes attach to it and count in any case
 */
public record ListenerView(
        ListenerKey key,
        String resourceName,
        int port,
        String protocol,
        String hostname,
        Allowed allowed,
        Set<RouteKey.Kind> kinds,
        boolean served) {}
