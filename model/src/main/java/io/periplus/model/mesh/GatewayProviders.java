package io.periplus.model.mesh;

import io.periplus.api.NamespacedName;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Index;
import io.periplus.model.input.GatewayInput;
import io.periplus.wire.waypoint.ExtensionProvider;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which proxies are told of which extension providers: those that have a policy which names it.
 *
 * @param uses by Gateway
 */
public record GatewayProviders(
        Index<NamespacedName, ProviderUse, ProviderUse> uses, Collection<String, ExtensionProvider> providers) {

    /** A provider at a proxy. */
    public record Key(NamespacedName gateway, String provider) {}

    /** The providers for the proxies of a Gateway. A policy whose provider does not exist finds none there, and denies. */
    public Map<Key, ExtensionProvider> of(Fetch fetch, GatewayInput gateway) {
        Map<Key, ExtensionProvider> result = new LinkedHashMap<>();
        for (ProviderUse use : fetch.by(uses, gateway.key())) {
            ExtensionProvider provider = fetch.get(providers, use.provider());
            if (provider != null) {
                result.put(new Key(gateway.key(), use.provider()), provider);
            }
        }
        return result;
    }
}
