package io.periplus.dataplane.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;

/** Certificates and keys as users have them (RFC 7468). */
public final class Pem {
    private Pem() {}

    /**
     * The first private key: PKCS #8, or one of the older forms of RSA and EC keys, which certificate managers still write.
     *
     * @throws IllegalArgumentException if there is none that can be used; says nothing of the key itself
     */
    public static PrivateKey privateKey(String pem) {
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            Object found;
            while ((found = parser.readObject()) != null) {
                if (found instanceof PEMKeyPair pair) {
                    return key(pair.getPrivateKeyInfo());
                }
                if (found instanceof PrivateKeyInfo info) {
                    return key(info);
                }
            }
        } catch (IOException | GeneralSecurityException | RuntimeException _) {
            throw new IllegalArgumentException("the private key cannot be read (expected: PKCS #8, PKCS #1 or SEC 1)");
        }
        throw new IllegalArgumentException("there is no private key in PEM");
    }

    private static PrivateKey key(PrivateKeyInfo info) throws IOException, GeneralSecurityException {
        var algorithm = info.getPrivateKeyAlgorithm().getAlgorithm();
        String name = algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)
                ? "EC"
                : algorithm.equals(PKCSObjectIdentifiers.rsaEncryption) ? "RSA" : algorithm.getId();
        return KeyFactory.getInstance(name).generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
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
