package io.periplus.waypoint.upstream.policy;

import io.periplus.wire.waypoint.BackendPolicy;
import io.periplus.wire.waypoint.BackendTls;
import io.periplus.wire.waypoint.KeyPair;
import io.periplus.wire.waypoint.PortTrafficPolicy;
import io.periplus.wire.waypoint.TrafficPolicy;

/** The certificate that a gateway shows to every TLS backend that asks and has no other meant for it. */
public final class OwnCertificate {
    private OwnCertificate() {}

    /** The policy with the certificate wherever it opens TLS without one; the policy itself if there is no certificate. */
    public static BackendPolicy in(BackendPolicy policy, KeyPair certificate) {
        if (certificate.getCertificateChain().isEmpty()) {
            return policy;
        }
        BackendPolicy.Builder result = policy.toBuilder();
        if (policy.hasAllPorts()) {
            result.setAllPorts(in(policy.getAllPorts(), certificate));
        }
        for (PortTrafficPolicy.Builder port : result.getPortsBuilderList()) {
            port.setPolicy(in(port.getPolicy(), certificate));
        }
        return result.build();
    }

    private static TrafficPolicy in(TrafficPolicy policy, KeyPair certificate) {
        BackendTls tls = policy.getTls();
        boolean own = !tls.getClientCertificate().isEmpty()
                || !tls.getClientCertificateFile().isEmpty();
        if (!policy.hasTls() || own) {
            return policy;
        }
        return policy.toBuilder()
                .setTls(tls.toBuilder()
                        .setClientCertificate(certificate.getCertificateChain())
                        .setClientKey(certificate.getPrivateKey()))
                .build();
    }
}
