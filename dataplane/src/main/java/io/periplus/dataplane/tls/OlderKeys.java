package io.periplus.dataplane.tls;

import java.io.IOException;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;

/**
 * The forms of private keys before PKCS #8. A class of its own, so that only who has such a key loads the library, whose
 * signed manifest alone takes three megabytes.
 */
final class OlderKeys {
    private OlderKeys() {}

    /** The first private key; see {@link Pem#privateKey}. */
    static PrivateKey read(String pem) {
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
}
