package io.periplus.model.traffic;

import io.periplus.api.NamespacedName;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.gateway.EdgeGateway;
import io.periplus.model.input.SecretInput;
import io.periplus.wire.waypoint.BackendTls;

/** What Gateways present to backends that ask for a certificate ({@code spec.tls.backend.clientCertificateRef}). */
public record ClientCertificates(
        Collection<NamespacedName, EdgeGateway> gateways, Collection<NamespacedName, SecretInput> secrets) {

    /** The same settings with the Gateway's certificate, unless they have one themselves. */
    BackendTls complete(Fetch fetch, BackendTls tls, NamespacedName gateway) {
        EdgeGateway edge = fetch.get(gateways, gateway);
        NamespacedName name = edge == null ? null : edge.clientCertificate();
        SecretInput secret = name == null ? null : fetch.get(secrets, name);
        boolean own = !tls.getClientCertificate().isEmpty()
                || !tls.getClientCertificateFile().isEmpty();
        return secret == null || own
                ? tls
                : tls.toBuilder()
                        .setClientCertificate(secret.certificateChain())
                        .setClientKey(secret.privateKey())
                        .build();
    }
}
