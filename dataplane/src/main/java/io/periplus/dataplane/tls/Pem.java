package io.periplus.dataplane.tls;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;

/** Certificates and keys as users have them (RFC 7468). */
public final class Pem {
    private static final String PKCS8 = "-----BEGIN PRIVATE KEY-----";
    private static final List<String> ALGORITHMS = List.of("EC", "RSA", "EdDSA");

    private Pem() {}

    /**
     * The first private key: PKCS #8, or one of the older forms of RSA and EC keys, which certificate managers still write.
     *
     * @throws IllegalArgumentException if there is none that can be used; says nothing of the key itself
     */
    public static PrivateKey privateKey(String pem) {
        if (pem.contains(PKCS8)) {
            return pkcs8(pem);
        }
        return OlderKeys.read(pem);
    }

    /** The form of nearly all keys. */
    private static PrivateKey pkcs8(String pem) {
        int start = pem.indexOf(PKCS8) + PKCS8.length();
        int end = pem.indexOf("-----END", start);
        if (end > 0) {
            byte[] der = Base64.getMimeDecoder().decode(pem.substring(start, end));
            for (String algorithm : ALGORITHMS) {
                try {
                    return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
                } catch (GeneralSecurityException _) {
                    // A key of another algorithm.
                }
            }
        }
        throw new IllegalArgumentException("the private key cannot be read (expected: an EC, RSA or Ed25519 key)");
    }

    /**
     * All certificates, in their order.
     *
     * @throws IllegalArgumentException if there is none or one cannot be read
     */
    public static X509Certificate[] certificates(String pem) {
        try {
            X509Certificate[] chain = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)))
                    .toArray(X509Certificate[]::new);
            if (chain.length > 0) {
                return chain;
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("a certificate cannot be read: " + e.getMessage(), e);
        }
        throw new IllegalArgumentException("there is no certificate in PEM");
    }
}
