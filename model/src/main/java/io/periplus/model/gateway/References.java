package io.periplus.model.gateway;

import io.periplus.api.NamespacedName;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Index;
import io.periplus.model.input.CertificateBundleInput;
import io.periplus.model.input.ReferenceGrantInput;
import io.periplus.model.input.ReferenceGrantInput.From;
import io.periplus.model.input.ReferenceInput;
import io.periplus.model.input.SecretInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Resolves references to certificates, keys and authorities. A reference into another namespace that no ReferenceGrant
 * permits is answered the same whether its target exists or not.
 *
 * @param grants by their namespace
 */
public record References(
        Index<String, NamespacedName, ReferenceGrantInput> grants,
        Collection<NamespacedName, SecretInput> secrets,
        Collection<NamespacedName, CertificateBundleInput> authorities) {

    /** What is wrong with a reference. */
    public record Problem(String reason, String message) {}

    /**
     * What became of some references.
     *
     * @param usable  names of the objects that can be used, in order
     * @param problem of the first one that cannot; null when all can
     */
    public record Resolved(
            List<NamespacedName> usable, @Nullable Problem problem) {}

    /** Whether the referrer may refer to this. */
    public boolean permits(Fetch fetch, From referrer, ReferenceInput reference) {
        return referrer.namespace().equals(reference.namespace())
                || fetch.by(grants, reference.namespace()).stream()
                        .anyMatch(grant -> grant.permits(
                                referrer,
                                Protocols.isCore(reference.group()) ? "" : reference.group(),
                                reference.kind(),
                                reference.name()));
    }

    /**
     * Resolves references to key pairs.
     *
     * @param invalid the reason for a reference that cannot be used
     */
    Resolved keyPairs(Fetch fetch, From referrer, List<ReferenceInput> references, String invalid) {
        List<NamespacedName> usable = new ArrayList<>();
        Problem first = null;
        for (ReferenceInput reference : references) {
            Optional<Problem> problem = keyPair(fetch, referrer, reference, invalid);
            if (problem.isEmpty()) {
                usable.add(reference.key());
            } else if (first == null) {
                first = problem.get();
            }
        }
        return new Resolved(List.copyOf(usable), first);
    }

    private Optional<Problem> keyPair(Fetch fetch, From referrer, ReferenceInput reference, String invalid) {
        if (!Protocols.isCore(reference.group()) || !reference.kind().equals("Secret")) {
            return Optional.of(new Problem(
                    invalid,
                    "certificates of kind \"" + reference.kind() + "\" in group \"" + reference.group()
                            + "\" are not supported (expected a core Secret)"));
        }
        if (!permits(fetch, referrer, reference)) {
            return Optional.of(notPermitted(referrer, reference));
        }
        SecretInput secret = fetch.get(secrets, reference.key());
        if (secret == null) {
            return Optional.of(
                    new Problem(invalid, "there is no Secret " + reference.key() + " of type kubernetes.io/tls"));
        }
        return secret.problem().isEmpty()
                ? Optional.empty()
                : Optional.of(new Problem(invalid, "Secret " + reference.key() + ": " + secret.problem()));
    }

    /**
     * Resolves references to the certificates of authorities.
     *
     * @param invalidKind the reason for a reference of the wrong kind
     */
    Resolved authorities(Fetch fetch, From referrer, List<ReferenceInput> references, String invalidKind) {
        List<NamespacedName> usable = new ArrayList<>();
        Problem first = null;
        for (ReferenceInput reference : references) {
            Optional<Problem> problem = authority(fetch, referrer, reference, invalidKind);
            if (problem.isEmpty()) {
                usable.add(reference.key());
            } else if (first == null) {
                first = problem.get();
            }
        }
        return new Resolved(List.copyOf(usable), first);
    }

    /** Resolves references of a policy to the certificates of authorities, all in its own namespace. */
    public Resolved authorities(Fetch fetch, String namespace, List<ReferenceInput> references) {
        return authorities(
                fetch, new From(EdgeGateways.GROUP, "BackendTLSPolicy", namespace), references, "InvalidKind");
    }

    private Optional<Problem> authority(Fetch fetch, From referrer, ReferenceInput reference, String invalidKind) {
        if (!Protocols.isCore(reference.group()) || !reference.kind().equals("ConfigMap")) {
            return Optional.of(new Problem(
                    invalidKind,
                    "certificates of authorities of kind \"" + reference.kind() + "\" in group \"" + reference.group()
                            + "\" are not supported (expected a core ConfigMap)"));
        }
        if (!permits(fetch, referrer, reference)) {
            return Optional.of(notPermitted(referrer, reference));
        }
        CertificateBundleInput bundle = fetch.get(authorities, reference.key());
        if (bundle == null) {
            return Optional.of(new Problem(
                    "InvalidCACertificateRef", "there is no ConfigMap " + reference.key() + " with a key ca.crt"));
        }
        return bundle.problem().isEmpty()
                ? Optional.empty()
                : Optional.of(new Problem(
                        "InvalidCACertificateRef", "ConfigMap " + reference.key() + ": " + bundle.problem()));
    }

    private static Problem notPermitted(From referrer, ReferenceInput reference) {
        return new Problem(
                "RefNotPermitted",
                reference.kind() + " " + reference.key() + " may not be referred to from namespace "
                        + referrer.namespace() + "; a ReferenceGrant in namespace " + reference.namespace()
                        + " from kind " + referrer.kind() + " is missing");
    }

    /** The PEM texts of some authorities, one after the other. */
    String bundle(Fetch fetch, List<NamespacedName> names) {
        StringBuilder text = new StringBuilder();
        for (NamespacedName name : names) {
            CertificateBundleInput bundle = fetch.get(authorities, name);
            if (bundle != null) {
                text.append(bundle.certificates());
                if (!bundle.certificates().endsWith("\n")) {
                    text.append('\n');
                }
            }
        }
        return text.toString();
    }
}
