package io.periplus.controlplane.ca;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;

/** Checks what users bring for TLS; the messages never show a key. */
public final class TlsMaterial {
    private static final byte[] PROBE = "periplus".getBytes(StandardCharsets.US_ASCII);

    private TlsMaterial() {}

    /** Why a certificate chain and a private key, both PEM, cannot be used together; empty when they can. */
    public static String pairProblem(String chain, String key) {
        try {
            List<X509Certificate> certificates = Pem.certificates("tls.crt", chain);
            if (certificates.isEmpty()) {
                return "tls.crt: holds no certificate";
            }
            PrivateKey privateKey = Pem.privateKey("tls.key", key);
            return belong(certificates.getFirst().getPublicKey(), privateKey)
                    ? ""
                    : "tls.key: is not the key of the first certificate of tls.crt";
        } catch (CaException e) {
            return text(e);
        } catch (GeneralSecurityException e) {
            return "tls.key: is not the key of the first certificate of tls.crt: it is for "
                    + "another algorithm, or damaged";
        }
    }

    /** A private key in the one form that all libraries read, PKCS #8; as it is when it cannot be read. */
    public static String pkcs8(String key) {
        try {
            return Pem.write(Pem.privateKey("tls.key", key));
        } catch (CaException e) {
            return key;
        }
    }

    /** Why a text of certificates cannot be used; empty when it can. */
    public static String certificatesProblem(String what, String text) {
        try {
            return Pem.certificates(what, text).isEmpty() ? what + ": holds no certificate" : "";
        } catch (CaException e) {
            return text(e);
        }
    }

    private static boolean belong(PublicKey publicKey, PrivateKey privateKey) throws GeneralSecurityException {
        String algorithm = switch (publicKey.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> publicKey.getAlgorithm();
        };
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(privateKey);
        signature.update(PROBE);
        byte[] signed = signature.sign();
        signature.initVerify(publicKey);
        signature.update(PROBE);
        return signature.verify(signed);
    }

    // Parsers quote what they cannot read, which may be part of a key; only our own words go on.
    private static String text(CaException e) {
        String message = String.valueOf(e.getMessage());
        int detail = message.indexOf(": ", message.indexOf(": ") + 2);
        return e.getCause() == null || detail < 0 ? message : message.substring(0, detail);
    }
}
