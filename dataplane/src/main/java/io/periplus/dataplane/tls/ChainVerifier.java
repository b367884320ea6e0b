package io.periplus.dataplane.tls;

import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathValidator;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXCertPathValidatorResult;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Checks that the certificate which a peer presents first leads to one of the trust roots (RFC 5280 §6), and that no
 * certificate on the way is for other purposes alone (extended key usage, §4.2.1.12). Knows nothing of identities.
 *
 * <p>What is presented beside the leaf is usually the way to the root, in order, and tried as that. Where it is not, it is
 * material from which a way may be built (RFC 8446 §4.4.2): while roots are exchanged there are certificates of one root by
 * another, and intermediates of both.
 */
final class ChainVerifier {
    static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
    static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
    private static final String ANY_PURPOSE = "2.5.29.37.0";

    /** The work of building grows with the permutations of what was presented, which nobody has vouched for yet. */
    private static final int BUILDABLE_MAX = 6;

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
        VerifiedPath verified = lead(path, presented);
        for (X509Certificate certificate : verified.certificates()) {
            verifyPurpose(certificate, purpose);
        }
        return verified;
    }

    private VerifiedPath lead(List<X509Certificate> path, X509Certificate[] presented) throws CertificateException {
        try {
            return validate(CertificateFactory.getInstance("X.509").generateCertPath(path));
        } catch (GeneralSecurityException e) {
            if (presented.length > 1 && presented.length <= BUILDABLE_MAX) {
                try {
                    return validate(build(presented));
                } catch (GeneralSecurityException other) {
                    e.addSuppressed(other);
                }
            }
            throw new CertificateException(
                    "the peer's chain (leaf serial %s, issued by %s) does not lead to a trust root: %s"
                            .formatted(
                                    presented[0].getSerialNumber(),
                                    presented[0].getIssuerX500Principal(),
                                    e.getMessage()),
                    e);
        }
    }

    private CertPath build(X509Certificate[] presented) throws GeneralSecurityException {
        X509CertSelector leaf = new X509CertSelector();
        leaf.setCertificate(presented[0]);
        PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, leaf);
        parameters.setRevocationEnabled(false);
        parameters.addCertStore(
                CertStore.getInstance("Collection", new CollectionCertStoreParameters(List.of(presented))));
        return CertPathBuilder.getInstance("PKIX").build(parameters).getCertPath();
    }

    private VerifiedPath validate(CertPath path) throws GeneralSecurityException {
        PKIXParameters parameters = new PKIXParameters(anchors);
        parameters.setRevocationEnabled(false);
        var result = (PKIXCertPathValidatorResult)
                CertPathValidator.getInstance("PKIX").validate(path, parameters);
        List<X509Certificate> certificates =
                path.getCertificates().stream().map(X509Certificate.class::cast).toList();
        return new VerifiedPath(certificates, result.getTrustAnchor());
    }

    /** A certificate that names no purposes is for all. */
    private static void verifyPurpose(X509Certificate certificate, String purpose) throws CertificateParsingException {
        List<String> purposes = certificate.getExtendedKeyUsage();
        if (purposes != null && !purposes.contains(purpose) && !purposes.contains(ANY_PURPOSE)) {
            throw new CertificateParsingException(
                    "certificate %s of the peer's chain is not for %s (extended key usage: %s)"
                            .formatted(
                                    certificate.getSerialNumber(),
                                    purpose.equals(CLIENT_AUTH) ? "client authentication" : "server authentication",
                                    purposes));
        }
    }
}
