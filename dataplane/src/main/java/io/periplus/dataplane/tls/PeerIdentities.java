package io.periplus.dataplane.tls;

import io.periplus.api.SpiffeId;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** Reads SPIFFE identities out of certificates: the URI entries of the subject alternative name (RFC 5280 §4.2.1.6). */
final class PeerIdentities {
    private static final Integer URI_NAME = 6;

    private PeerIdentities() {}

    /** Every parsable identity, in the order of the certificate; URIs of another form are skipped. */
    static List<SpiffeId> of(X509Certificate certificate) {
        List<SpiffeId> identities = new ArrayList<>(1);
        try {
            var names = certificate.getSubjectAlternativeNames();
            if (names == null) {
                return List.of();
            }
            for (List<?> name : names) {
                if (URI_NAME.equals(name.getFirst()) && name.get(1) instanceof String uri) {
                    SpiffeId.parse(uri).ifPresent(identities::add);
                }
            }
        } catch (CertificateParsingException _) {
            return List.of();
        }
        return identities;
    }
}
