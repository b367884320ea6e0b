package io.periplus.controlplane.ca;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/** Certificates and keys as PEM text (RFC 7468). */
final class Pem {
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private Pem() {}

    /** The text of a certificate, ending with a newline. */
    static String write(X509Certificate certificate) {
        try {
            return write("CERTIFICATE", certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("cannot encode " + certificate.getSubjectX500Principal(), e);
        }
    }

    /** The text of a private key in PKCS #8. */
    static String write(PrivateKey key) {
        return write("PRIVATE KEY", key.getEncoded());
    }

    /** All certificates of a text; other blocks are passed over. */
    static List<X509Certificate> certificates(String what, String text) throws CaException {
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            List<X509Certificate> certificates = new ArrayList<>();
            int at = 0;
            String begin = "-----BEGIN CERTIFICATE-----";
            String end = "-----END CERTIFICATE-----";
            for (int start = text.indexOf(begin, at); start >= 0; start = text.indexOf(begin, at)) {
                at = text.indexOf(end, start);
                if (at < 0) {
                    throw new CaException(what + ": a certificate begins and does not end");
                }
                at += end.length();
                byte[] block = text.substring(start, at).getBytes(StandardCharsets.US_ASCII);
                certificates.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block)));
            }
            return certificates;
        } catch (CertificateException e) {
            throw new CaException(what + ": not a certificate: " + e.getMessage(), e);
        }
    }

    /** A private key in PKCS #8, PKCS #1 or SEC 1. */
    static PrivateKey privateKey(String what, String text) throws CaException {
        try (PEMParser parser = new PEMParser(new StringReader(text))) {
            JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
            for (Object block = parser.readObject(); block != null; block = parser.readObject()) {
                if (block instanceof PEMKeyPair pair) {
                    return converter.getPrivateKey(pair.getPrivateKeyInfo());
                }
                if (block instanceof PrivateKeyInfo info) {
                    return converter.getPrivateKey(info);
                }
            }
            throw new CaException(what + ": holds no unencrypted private key");
        } catch (IOException e) {
            throw new CaException(what + ": not a private key: " + e.getMessage(), e);
        }
    }

    private static String write(String label, byte[] encoded) {
        return "-----BEGIN " + label + "-----\n" + LINES.encodeToString(encoded) + "\n-----END " + label + "-----\n";
    }
}
