package io.periplus.waypoint.upstream;

import io.periplus.waypoint.upstream.policy.OwnCertificate;
import io.periplus.waypoint.upstream.policy.ServiceSettings;
import io.periplus.waypoint.upstream.policy.TrafficSettings;
import io.periplus.wire.waypoint.BackendPolicy;
import io.periplus.wire.waypoint.KeyPair;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Holds the newest backend policies. Written by the xDS client alone, read from every thread. */
public final class BackendPolicies {
    private volatile Map<String, ServiceSettings> current = Map.of();
    private final Map<String, BackendPolicy> received = new HashMap<>();
    private KeyPair certificate = KeyPair.getDefaultInstance();

    /** By the key of the service, {@code namespace/hostname}. */
    public Map<String, ServiceSettings> current() {
        return current;
    }

    /** How a port of a service is spoken to; the same instance until a push changes it. */
    public TrafficSettings settings(String service, int port) {
        ServiceSettings found = current.get(service);
        return found == null ? TrafficSettings.DEFAULT : found.port(port);
    }

    /** Applies one push: policies in place of those with the same name, and names that are gone. */
    public void apply(Map<String, BackendPolicy> changed, Collection<String> removed) {
        received.keySet().removeAll(removed);
        received.putAll(changed);
        compile(changed, removed);
    }

    /** The certificate that this proxy shows to TLS backends for which no other is meant; an empty one for none. */
    public void ownCertificate(KeyPair shown) {
        if (!shown.equals(certificate)) {
            certificate = shown;
            compile(received, Set.of());
        }
    }

    private void compile(Map<String, BackendPolicy> changed, Collection<String> removed) {
        Map<String, ServiceSettings> next = new HashMap<>(current);
        next.keySet().removeAll(removed);
        changed.forEach((name, plain) -> {
            BackendPolicy policy = OwnCertificate.in(plain, certificate);
            ServiceSettings known = next.get(name);
            if (known == null || !known.source().equals(policy)) {
                next.put(name, ServiceSettings.of(policy));
            }
        });
        current = Map.copyOf(next);
    }
}
