package io.periplus.waypoint.edge;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/**
 * A client's certificate as {@code x-forwarded-client-cert} tells backends of it, with the parts that Istio's gateways send:
 * hash, certificate, subject, URIs and DNS names. Made once per connection.
 */
final class ForwardedCertificate {
    private static final Base64.Encoder PEM = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
    private static final int DNS_NAME = 2;
    private static final int URI = 6;

    private ForwardedCertificate() {}

    static String of(X509Certificate certificate) {
        try {
            byte[] der = certificate.getEncoded();
            StringBuilder text = new StringBuilder(2048);
            text.append("Hash=")
                    .append(HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(der)));
            text.append(";Cert=\"").append(encoded(pem(der))).append('"');
            text.append(";Subject=\"").append(subject(certificate)).append('"');
            names(certificate, URI, ";URI=", text);
            names(certificate, DNS_NAME, ";DNS=", text);
            return text.toString();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate that was verified cannot be read", e);
        }
    }

    private static String pem(byte[] der) {
        return "-----BEGIN CERTIFICATE-----\n" + PEM.encodeToString(der) + "\n-----END CERTIFICATE-----\n";
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** RFC 2253, whose escapes keep quotes inside; what is not ASCII as its bytes. */
    private static String subject(X509Certificate certificate) {
        StringBuilder text = new StringBuilder();
        String name = certificate.getSubjectX500Principal().getName(X500Principal.RFC2253);
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            if (b >= ' ' && b <= '~') {
                text.append((char) b);
            } else {
                text.append('\\').append(HexFormat.of().toHexDigits(b));
            }
        }
        return text.toString();
    }

    private static void names(X509Certificate certificate, int type, String key, StringBuilder text)
            throws GeneralSecurityException {
        var names = certificate.getSubjectAlternativeNames();
        if (names != null) {
            for (List<?> name : names) {
                if (name.get(0) instanceof Integer kind && kind == type && name.get(1) instanceof String value) {
                    text.append(key);
                    plain(value, text);
                }
            }
        }
    }

    /** Nothing of a name may be taken for another field or another certificate. */
    private static void plain(String value, StringBuilder text) {
        for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
            boolean safe = b > ' ' && b <= '~' && b != ';' && b != ',' && b != '"' && b != '\\';
            if (safe) {
                text.append((char) b);
            } else {
                text.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
    }
}
