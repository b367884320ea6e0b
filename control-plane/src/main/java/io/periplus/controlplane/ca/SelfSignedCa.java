package io.periplus.controlplane.ca;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A root of our own, as it is kept in the Secret {@code istio-ca-secret}. */
public final class SelfSignedCa {
    /** Name of the Secret. */
    public static final String SECRET = "istio-ca-secret";

    /** Type of the Secret. */
    public static final String SECRET_TYPE = "istio.io/ca-root";

    private static final Duration LIFE = Duration.ofDays(3650);

    private SelfSignedCa() {}

    /** A new root: RSA 2048, ten years, organisation is the trust domain. Returned as the Secret's keys and texts. */
    public static Map<String, String> generate(String trustDomain, Clock clock) throws CaException {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            KeyPair pair = generator.generateKeyPair();
            X500Principal name = new X500Principal("O=" + trustDomain);
            Instant now = clock.instant();
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    name,
                    new BigInteger(127, new SecureRandom()),
                    Date.from(now.minus(CertificateAuthority.CLOCK_SKEW)),
                    Date.from(now.plus(LIFE)),
                    name,
                    pair.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
            X509Certificate root = new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder("SHA256withRSA").build(pair.getPrivate())));
            return Map.of("ca-cert.pem", Pem.write(root), "ca-key.pem", Pem.write(pair.getPrivate()));
        } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
            throw new CaException("cannot make a self-signed root: " + e.getMessage(), e);
        }
    }

    /** The bundle of a Secret's keys and texts. */
    public static SigningBundle load(Map<String, String> secret) throws CaException {
        String certificate = secret.getOrDefault("ca-cert.pem", "");
        List<X509Certificate> root = Pem.certificates(SECRET + " ca-cert.pem", certificate);
        if (root.isEmpty()) {
            throw new CaException("Secret " + SECRET + ": ca-cert.pem holds no certificate; delete the Secret to get a"
                    + " new root");
        }
        return SigningBundle.of(
                Pem.privateKey(SECRET + " ca-key.pem", secret.getOrDefault("ca-key.pem", "")),
                root.getFirst(),
                List.of(),
                certificate);
    }
}
