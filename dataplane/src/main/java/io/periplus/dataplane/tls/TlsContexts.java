package io.periplus.dataplane.tls;

import io.periplus.api.SpiffeId;
import io.periplus.dataplane.identity.WorkloadCertificate;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The newest {@link WorkloadTls} per identity, so that a certificate is turned into contexts once and not per
 * connection. Bounded by the identities that got a certificate within its lifetime: expired ones are dropped.
 */
public final class TlsContexts {
    private final Map<SpiffeId, WorkloadTls> newest = new ConcurrentHashMap<>();
    private final CompliancePolicy policy;
    private final Revocations revocations;
    private final boolean tls12;
    private final Set<String> aliases;

    public TlsContexts(CompliancePolicy policy) {
        this(policy, Revocations.NONE);
    }

    /** The same, with peers that may be revoked. */
    public TlsContexts(CompliancePolicy policy, Revocations revocations) {
        this(policy, revocations, false);
    }

    /** The same, which also speak TLS 1.2 with peers that know nothing newer. */
    public TlsContexts(CompliancePolicy policy, Revocations revocations, boolean tls12) {
        this(policy, revocations, tls12, Set.of());
    }

    /** The same, to which identities in these trust domains are the same as those in their own. */
    public TlsContexts(CompliancePolicy policy, Revocations revocations, boolean tls12, Set<String> aliases) {
        this.aliases = Set.copyOf(aliases);
        this.tls12 = tls12;
        this.policy = policy;
        this.revocations = revocations;
    }

    /** Contexts of this very certificate; those of an older one for the same identity are dropped. */
    public WorkloadTls of(WorkloadCertificate certificate) {
        WorkloadTls known = newest.get(certificate.identity());
        if (known != null && known.certificate() == certificate) {
            return known;
        }
        Instant now = Instant.now();
        newest.values().removeIf(tls -> !tls.certificate().isValidAt(now));
        return newest.compute(
                certificate.identity(),
                (_, current) -> current != null && current.certificate() == certificate
                        ? current
                        : new WorkloadTls(certificate, policy, revocations, tls12, aliases));
    }
}
