package io.periplus.cli.install;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * An X.509 certificate authority with an ECDSA P-256 key (RFC 5280): the root that the clusters of a mesh share, and each
 * cluster's intermediate below it.
 */
public record CertificateAuthority(X509Certificate certificate, PrivateKey key) {
    private static final Duration ROOT_LIFETIME = Duration.ofDays(3650);
    private static final Duration INTERMEDIATE_LIFETIME = Duration.ofDays(1825);

    /** Clocks of different machines may differ by this much. */
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(2);

    /** A server's certificate with its key. */
    public record Server(Certificate[] chain, PrivateKey key) {}

    /** Makes a self-signed root. */
    public static CertificateAuthority createRoot(String organization) throws GeneralSecurityException {
        KeyPair pair = newKeyPair();
        X500Principal name = new X500Principal("O=" + organization + ", CN=Root CA");
        return new CertificateAuthority(
                sign(name, pair, name, pair.getPrivate(), ROOT_LIFETIME, new BasicConstraints(true), null),
                pair.getPrivate());
    }

    /** Makes an authority below this one, which may sign leaves only. */
    public CertificateAuthority createIntermediate(String organization, String location)
            throws GeneralSecurityException {
        KeyPair pair = newKeyPair();
        X500Principal name = new X500Principal("O=" + organization + ", CN=Intermediate CA, L=" + location);
        X509Certificate signed = sign(
                certificate.getSubjectX500Principal(),
                pair,
                name,
                key,
                INTERMEDIATE_LIFETIME,
                new BasicConstraints(0),
                null);
        return new CertificateAuthority(signed, pair.getPrivate());
    }

    /** Issues a one-day certificate for a server at an address. */
    public Server issueServer(InetAddress address) throws GeneralSecurityException {
        KeyPair pair = newKeyPair();
        GeneralNames names = new GeneralNames(new GeneralName(GeneralName.iPAddress, address.getHostAddress()));
        X509Certificate signed = sign(
                certificate.getSubjectX500Principal(),
                pair,
                new X500Principal("CN=server"),
                key,
                Duration.ofDays(1),
                new BasicConstraints(false),
                names);
        return new Server(new Certificate[] {signed, certificate}, pair.getPrivate());
    }

    /** Reads both from PEM. */
    public static CertificateAuthority parse(String certificatePem, String keyPem)
            throws GeneralSecurityException, IOException {
        try (PEMParser certificates = new PEMParser(new StringReader(certificatePem));
                PEMParser keys = new PEMParser(new StringReader(keyPem))) {
            if (certificates.readObject() instanceof X509CertificateHolder holder
                    && keys.readObject() instanceof PrivateKeyInfo info) {
                return new CertificateAuthority(
                        new JcaX509CertificateConverter().getCertificate(holder),
                        new JcaPEMKeyConverter().getPrivateKey(info));
            }
        }
        throw new IOException("expected a CERTIFICATE and a PRIVATE KEY (PKCS #8) block");
    }

    /** The certificate as PEM. */
    public String certificatePem() {
        return pem(certificate);
    }

    /** The key as PEM, PKCS #8. */
    public String keyPem() {
        try {
            return pem(new JcaPKCS8Generator(key, null));
        } catch (IOException e) {
            throw new IllegalStateException("a key that cannot be encoded", e);
        }
    }

    private static String pem(Object object) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        } catch (IOException e) {
            throw new IllegalStateException("an object that cannot be encoded", e);
        }
        return text.toString();
    }

    private static KeyPair newKeyPair() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static X509Certificate sign(
            X500Principal issuer,
            KeyPair subjectKeys,
            X500Principal subject,
            PrivateKey signer,
            Duration lifetime,
            BasicConstraints constraints,
            @org.jspecify.annotations.Nullable GeneralNames names)
            throws GeneralSecurityException {
        Instant now = Instant.now();
        try {
            var builder = new JcaX509v3CertificateBuilder(
                    issuer,
                    new BigInteger(127, new SecureRandom()),
                    Date.from(now.minus(CLOCK_SKEW)),
                    Date.from(now.plus(lifetime)),
                    subject,
                    subjectKeys.getPublic());
            int usage = constraints.isCA()
                    ? KeyUsage.keyCertSign | KeyUsage.cRLSign
                    : KeyUsage.digitalSignature | KeyUsage.keyEncipherment;
            builder.addExtension(Extension.basicConstraints, true, constraints);
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
            builder.addExtension(
                    Extension.subjectKeyIdentifier,
                    false,
                    new JcaX509ExtensionUtils().createSubjectKeyIdentifier(subjectKeys.getPublic()));
            if (names != null) {
                builder.addExtension(Extension.subjectAlternativeName, false, names);
            }
            X509CertificateHolder holder = builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer));
            return new JcaX509CertificateConverter().getCertificate(holder);
        } catch (IOException | OperatorCreationException e) {
            throw new GeneralSecurityException("the certificate cannot be made: " + e.getMessage(), e);
        }
    }
}
