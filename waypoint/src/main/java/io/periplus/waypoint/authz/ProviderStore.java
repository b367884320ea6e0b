package io.periplus.waypoint.authz;

import io.periplus.wire.waypoint.ExtensionProvider;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The newest extension providers. Written by the xDS client alone, read from every thread. */
public final class ProviderStore {
    private static final Logger LOG = LoggerFactory.getLogger(ProviderStore.class);

    private final String principal;
    private volatile Map<String, Provider> current = Map.of();

    /** @param principal of this proxy, with its scheme: what authorizers see as the destination */
    public ProviderStore(String principal) {
        this.principal = principal;
    }

    /** Null if there is none of that name that can be asked. */
    @Nullable
    Provider get(String name) {
        return current.get(name);
    }

    /** Applies one push: providers in place of those with the same name, and names that are gone. */
    public void apply(Map<String, ExtensionProvider> changed, Collection<String> removed) {
        Map<String, Provider> next = new HashMap<>(current);
        next.keySet().removeAll(removed);
        changed.forEach((name, message) -> {
            Provider provider = Provider.of(message, principal);
            if (provider == null) {
                next.remove(name);
                LOG.warn(
                        "extension provider {} cannot be asked, what it would be asked about is denied: {}",
                        name,
                        message.getUnusable());
            } else {
                next.put(name, provider);
            }
        });
        current = Map.copyOf(next);
    }
}
