package io.periplus.dataplane.tls;

import java.security.PublicKey;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * The way by which a peer's certificate was found to be good, which need not be all that the peer presented.
 *
 * @param certificates the leaf first, then what signed it; without the root
 */
record VerifiedPath(List<X509Certificate> certificates, TrustAnchor anchor) {
    /** The key that signed the certificate with this index, and so its issuer's revocation lists. */
    PublicKey issuerKey(int index) {
        return index + 1 < certificates.size()
                ? certificates.get(index + 1).getPublicKey()
                : anchor.getTrustedCert().getPublicKey();
    }
}
