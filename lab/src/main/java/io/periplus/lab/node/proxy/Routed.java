package io.periplus.lab.node.proxy;

import java.util.Set;

/** The addresses that the node's service addresses lead to at this moment, for those who end what is there. Any thread. */
public final class Routed {
    private volatile Set<String> addresses = Set.of();

    void written(Set<String> now) {
        addresses = Set.copyOf(now);
    }

    /** Whether a new connection to some service may still be led to this address. */
    public boolean leadsTo(String address) {
        return addresses.contains(address);
    }
}
