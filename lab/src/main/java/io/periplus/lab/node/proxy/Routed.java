package io.periplus.lab.node.proxy;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The addresses that service addresses lead to at this moment on any node of a cluster, for those who end what is there. Any
 * thread.
 */
public final class Routed {
    private final Map<String, Set<String>> addresses = new ConcurrentHashMap<>();

    void written(String node, Set<String> now) {
        addresses.put(node, Set.copyOf(now));
    }

    /** A node that is gone leads nowhere. */
    void forget(String node) {
        addresses.remove(node);
    }

    /** Whether a new connection to some service may still be led to this address. */
    public boolean leadsTo(String address) {
        return addresses.values().stream().anyMatch(of -> of.contains(address));
    }
}
