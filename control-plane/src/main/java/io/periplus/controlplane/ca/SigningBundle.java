package io.periplus.controlplane.ca;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the authority signs with.
 *
 * @param key    private key of {@code signer}
 * @param signer the signing certificate: an intermediate or a root
 * @param chain  what a peer needs between a leaf and the roots: the signer first; empty when the signer is a root
 * @param roots  PEM of all trusted roots, in the order in which they were given
 */
public record SigningBundle(PrivateKey key, X509Certificate signer, List<X509Certificate> chain, String roots) {

    /** Checks that the parts fit each other and keeps what has to be presented to peers. */
    static SigningBundle of(PrivateKey key, X509Certificate signer, List<X509Certificate> certChain, String roots)
            throws CaException {
        if (signer.getBasicConstraints() < 0) {
            throw new CaException("ca-cert.pem: " + signer.getSubjectX500Principal() + " is no CA certificate");
        }
        List<X509Certificate> anchors = Pem.certificates("root-cert.pem", roots);
        if (anchors.isEmpty()) {
            throw new CaException("root-cert.pem: holds no certificate");
        }
        List<X509Certificate> chain = new ArrayList<>();
        if (!selfIssued(signer)) {
            chain.add(signer);
        }
        for (X509Certificate certificate : certChain) {
            if (!selfIssued(certificate) && !chain.contains(certificate)) {
                chain.add(certificate);
            }
        }
        verifyKey(key, signer);
        verifyChain(chain, anchors);
        return new SigningBundle(key, signer, List.copyOf(chain), roots.endsWith("\n") ? roots : roots + "\n");
    }

    /** When the signing certificate ends, and with it what it has signed. */
    Instant end() {
        return signer.getNotAfter().toInstant();
    }

    /** The name of the signature algorithm that fits the key. */
    String signatureAlgorithm() {
        return algorithm(key);
    }

    private static boolean selfIssued(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
    }

    static String algorithm(PrivateKey key) {
        return switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC", "ECDSA" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
        };
    }

    private static void verifyKey(PrivateKey key, X509Certificate signer) throws CaException {
        try {
            byte[] sample = signer.getSignature();
            Signature signing = Signature.getInstance(algorithm(key));
            signing.initSign(key);
            signing.update(sample);
            Signature verifying = Signature.getInstance(algorithm(key));
            verifying.initVerify(signer.getPublicKey());
            verifying.update(sample);
            if (!verifying.verify(signing.sign())) {
                throw new CaException("ca-key.pem: is not the key of ca-cert.pem");
            }
        } catch (GeneralSecurityException e) {
            throw new CaException("ca-key.pem: does not fit ca-cert.pem: " + e.getMessage(), e);
        }
    }

    private static void verifyChain(List<X509Certificate> chain, List<X509Certificate> anchors) throws CaException {
        if (chain.isEmpty()) {
            return;
        }
        try {
            Set<TrustAnchor> trust =
                    anchors.stream().map(root -> new TrustAnchor(root, null)).collect(Collectors.toSet());
            PKIXParameters parameters = new PKIXParameters(trust);
            parameters.setRevocationEnabled(false);
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(chain), parameters);
        } catch (GeneralSecurityException e) {
            throw new CaException(
                    "ca-cert.pem: does not verify to root-cert.pem by way of cert-chain.pem: " + e.getMessage(), e);
        }
    }
}
