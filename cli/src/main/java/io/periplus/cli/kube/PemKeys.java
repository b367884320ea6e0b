package io.periplus.cli.kube;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/** Private keys from PEM: PKCS #8 with the JDK alone, the older PKCS #1 and SEC 1 forms with Bouncy Castle. */
final class PemKeys {
    private static final String PKCS8 = "-----BEGIN PRIVATE KEY-----";

    private PemKeys() {}

    static PrivateKey parse(byte[] pem) throws GeneralSecurityException, IOException {
        String text = new String(pem, StandardCharsets.US_ASCII);
        int start = text.indexOf(PKCS8);
        if (start < 0) {
            return older(text);
        }
        String body = text.substring(start + PKCS8.length(), text.indexOf("-----END", start));
        return pkcs8(Base64.getMimeDecoder().decode(body));
    }

    private static PrivateKey pkcs8(byte[] der) throws GeneralSecurityException {
        for (String algorithm : List.of("EC", "RSA", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (InvalidKeySpecException _) {
                // a key of another algorithm
            }
        }
        throw new InvalidKeySpecException("the client key is not an EC, RSA or EdDSA key");
    }

    private static PrivateKey older(String text) throws GeneralSecurityException, IOException {
        try (PEMParser parser = new PEMParser(new StringReader(text))) {
            for (Object object = parser.readObject(); object != null; object = parser.readObject()) {
                if (object instanceof PEMKeyPair pair) {
                    return new JcaPEMKeyConverter().getKeyPair(pair).getPrivate();
                }
            }
        }
        throw new InvalidKeySpecException("the client key has no PRIVATE KEY block");
    }
}
