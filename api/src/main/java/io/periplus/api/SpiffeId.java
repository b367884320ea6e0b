package io.periplus.api;

import java.util.Optional;

/**
 * A workload's identity, {@code spiffe://<trust domain>/ns/<namespace>/sa/<service account>}.
 *
 * @param trustDomain never empty, {@code cluster.local} by default
 */
public record SpiffeId(String trustDomain, String namespace, String serviceAccount) {
    /** The URI scheme with its slashes. */
    public static final String SCHEME = "spiffe://";

    /** The trust domain of a mesh that sets none. */
    public static final String DEFAULT_TRUST_DOMAIN = "cluster.local";

    /** Parses the URI form; empty when it has not exactly the five parts that Istio's identities have. */
    public static Optional<SpiffeId> parse(String uri) {
        if (!uri.startsWith(SCHEME)) {
            return Optional.empty();
        }
        String[] parts = uri.substring(SCHEME.length()).split("/", -1);
        if (parts.length != 5
                || !parts[1].equals("ns")
                || !parts[3].equals("sa")
                || parts[0].isEmpty()
                || parts[2].isEmpty()
                || parts[4].isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new SpiffeId(parts[0], parts[2], parts[4]));
    }

    /** The identity as policies name it: without the scheme. */
    public String principal() {
        return trustDomain + "/ns/" + namespace + "/sa/" + serviceAccount;
    }

    /** The URI form. */
    @Override
    public String toString() {
        return SCHEME + principal();
    }
}
