package io.periplus.dataplane.tls;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXCertPathValidatorResult;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Checks that a presented chain leads to one of the trust roots and that its leaf may be used for a purpose (extended
 * key usage, RFC 5280 §4.2.1.12). Knows nothing of identities.
 */
final class ChainVerifier {
    static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
    static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
    private static final String ANY_PURPOSE = "2.5.29.37.0";

    private final Set<TrustAnchor> anchors = new HashSet<>();
    private final Set<X509Certificate> roots;

    ChainVerifier(List<X509Certificate> roots) {
        this.roots = Set.copyOf(roots);
        for (X509Certificate root : roots) {
            anchors.add(new TrustAnchor(root, null));
        }
    }

    /** Returns the way to a trust root. */
    VerifiedPath verify(X509Certificate[] presented, String purpose) throws CertificateException {
        if (presented.length == 0) {
            throw new CertificateException("the peer presented no certificate");
        }
        if (anchors.isEmpty()) {
            throw new CertificateException("no trust roots are known, so no peer can be verified");
        }
        verifyPurpose(presented[0], purpose);
        List<X509Certificate> path = new ArrayList<>(presented.length);
        for (X509Certificate certificate : presented) {
            if (roots.contains(certificate)) {
                break;
            }
            path.add(certificate);
        }
        if (path.isEmpty()) {
            throw new CertificateException("the peer presented a trust root as its own certificate");
        }
        try {
            PKIXParameters parameters = new PKIXParameters(anchors);
            parameters.setRevocationEnabled(false);
            var result = (PKIXCertPathValidatorResult) CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
            return new VerifiedPath(List.copyOf(path), result.getTrustAnchor());
        } catch (GeneralSecurityException e) {
            throw new CertificateException(
                    "the peer's chain (leaf serial %s, issued by %s) does not lead to a trust root: %s"
                            .formatted(
                                    path.getFirst().getSerialNumber(),
                                    path.getFirst().getIssuerX500Principal(),
                                    e.getMessage()),
                    e);
        }
    }

    private static void verifyPurpose(X509Certificate leaf, String purpose) throws CertificateException {
        List<String> purposes = leaf.getExtendedKeyUsage();
        if (purposes == null || !(purposes.contains(purpose) || purposes.contains(ANY_PURPOSE))) {
            throw new CertificateException("the peer's certificate is not for %s (extended key usage: %s)"
                    .formatted(
                            purpose.equals(CLIENT_AUTH) ? "client authentication" : "server authentication", purposes));
        }
    }
}
