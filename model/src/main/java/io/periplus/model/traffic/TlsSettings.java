package io.periplus.model.traffic;

import io.periplus.api.NamespacedName;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.input.BackendTlsPolicyInput;
import io.periplus.model.input.CertificateBundleInput;
import io.periplus.model.input.CredentialInput;
import io.periplus.model.input.DestinationRuleInput.Tls;
import io.periplus.model.input.ReferenceInput;
import io.periplus.wire.waypoint.BackendTls;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * TLS to applications with its certificates. Settings that cannot be resolved are sent as unusable, so that connections fail
 * rather than go in clear or unverified.
 */
public record TlsSettings(
        Collection<NamespacedName, CredentialInput> credentials,
        Collection<NamespacedName, CertificateBundleInput> bundles) {
    /** What a Secret with a client's certificate may keep the authorities under, in a Secret of its own. */
    private static final String AUTHORITIES_SUFFIX = "-cacert";

    /** A value for the system's own authorities. */
    private static final String SYSTEM = "system";

    /**
     * Of a DestinationRule; null for none.
     *
     * @param namespace of the proxy, in which its Secrets are
     * @param names that the service itself expects of its servers
     */
    @Nullable
    BackendTls of(Fetch fetch, Tls tls, String namespace, List<String> names) {
        boolean mutual = tls.mode().equals("MUTUAL");
        // Identities of the mesh are the tunnel's affair: the other modes say nothing here.
        if (!mutual && !tls.mode().equals("SIMPLE")) {
            return null;
        }
        BackendTls.Builder message = BackendTls.newBuilder()
                .setSni(tls.sni())
                .addAllSubjectAltNames(tls.subjectAltNames().isEmpty() ? names : tls.subjectAltNames())
                .setInsecureSkipVerify(tls.insecureSkipVerify());
        if (!tls.credentialName().isEmpty()) {
            secrets(fetch, message, new NamespacedName(namespace, tls.credentialName()), mutual, tls);
        } else if (mutual
                && (tls.clientCertificate().isEmpty() || tls.privateKey().isEmpty())) {
            message.setUnusable("tls.mode MUTUAL needs clientCertificate and privateKey, or a credentialName");
        } else {
            message.setCaCertificatesFile(tls.caCertificates().equals(SYSTEM) ? "" : tls.caCertificates());
            if (mutual) {
                message.setClientCertificateFile(tls.clientCertificate()).setClientKeyFile(tls.privateKey());
            }
        }
        return message.build();
    }

    private void secrets(Fetch fetch, BackendTls.Builder message, NamespacedName name, boolean mutual, Tls tls) {
        CredentialInput secret = fetch.get(credentials, name);
        CredentialInput beside =
                fetch.get(credentials, new NamespacedName(name.namespace(), name.name() + AUTHORITIES_SUFFIX));
        if (secret == null && (mutual || beside == null)) {
            message.setUnusable("tls.credentialName: Secret " + name + " does not exist or holds nothing for TLS");
            return;
        }
        if (secret != null && !secret.problem().isEmpty()) {
            message.setUnusable("tls.credentialName: Secret " + name + ": " + secret.problem());
            return;
        }
        String authorities = beside != null && !beside.authorities().isEmpty()
                ? beside.authorities()
                : secret == null ? "" : secret.authorities();
        if (authorities.isEmpty() && !tls.insecureSkipVerify()) {
            message.setUnusable("tls.credentialName: Secret " + name + " holds no ca.crt to verify the server with");
            return;
        }
        message.setCaCertificates(authorities);
        if (!mutual) {
            return;
        }
        if (secret == null || secret.certificateChain().isEmpty()) {
            message.setUnusable("tls.credentialName: Secret " + name + " holds no client certificate");
            return;
        }
        message.setClientCertificate(secret.certificateChain()).setClientKey(secret.privateKey());
    }

    /** Of a BackendTLSPolicy. */
    BackendTls of(Fetch fetch, BackendTlsPolicyInput policy) {
        BackendTls.Builder message =
                BackendTls.newBuilder().setSni(policy.hostname()).addAllSubjectAltNames(policy.subjectAltNames());
        if (policy.system()) {
            return message.build();
        }
        List<String> usable = new ArrayList<>();
        for (ReferenceInput reference : policy.authorities()) {
            CertificateBundleInput bundle = reference.kind().equals("ConfigMap")
                            && (reference.group().isEmpty() || reference.group().equals("core"))
                    ? fetch.get(bundles, reference.key())
                    : null;
            if (bundle != null && bundle.problem().isEmpty()) {
                usable.add(bundle.certificates());
            }
        }
        return usable.isEmpty()
                ? message.setUnusable("BackendTLSPolicy " + policy.key() + " refers to no valid CA certificate")
                        .build()
                : message.setCaCertificates(String.join("\n", usable)).build();
    }
}
