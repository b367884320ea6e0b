package io.periplus.dataplane.identity;

import io.periplus.api.SpiffeId;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * An X.509 SVID with its key and the roots that its peers are verified against. Immutable; a renewed certificate is a
 * new value, so comparing by reference tells whether a TLS context built from one is still current.
 *
 * @param chain leaf first, then the intermediates; never a root
 * @param roots at least one
 */
public record WorkloadCertificate(
        SpiffeId identity, PrivateKey key, List<X509Certificate> chain, List<X509Certificate> roots) {
    public WorkloadCertificate {
        chain = List.copyOf(chain);
        roots = List.copyOf(roots);
        if (chain.isEmpty() || roots.isEmpty()) {
            throw new IllegalArgumentException("certificate of " + identity + " has " + chain.size()
                    + " chain elements and " + roots.size() + " roots (expected: at least one of each)");
        }
    }

    /** The workload's own certificate. */
    public X509Certificate leaf() {
        return chain.getFirst();
    }

    /** Start of the leaf's validity. */
    public Instant notBefore() {
        return leaf().getNotBefore().toInstant();
    }

    /** End of the leaf's validity. */
    public Instant notAfter() {
        return leaf().getNotAfter().toInstant();
    }

    /** Half of the lifetime: when to renew. */
    public Instant renewAt() {
        return notBefore().plus(Duration.between(notBefore(), notAfter()).dividedBy(2));
    }

    /** Whether the leaf may still be presented at {@code now}. */
    public boolean isValidAt(Instant now) {
        return now.isBefore(notAfter());
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    /** Names identity and validity; never the key. */
    @Override
    public String toString() {
        return identity + " valid until " + notAfter();
    }
}
