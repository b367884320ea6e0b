package io.periplus.ztunnel.local;

import io.periplus.api.SpiffeId;
import io.periplus.dataplane.identity.CertificateAuthority;
import io.periplus.dataplane.identity.WorkloadCertificate;
import io.periplus.dataplane.tls.Pem;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Certifies whatever it is asked for, without asking who asks: for trying the proxy alone, never for a mesh. Proxies trust
 * each other if they share the file that holds its key.
 */
public final class FakeAuthority implements CertificateAuthority {
    private static final X500Name NAME = new X500Name("CN=periplus fake root");
    private static final String CERTIFICATE = "-----BEGIN CERTIFICATE-----";
    private static final Duration ROOT_LIFETIME = Duration.ofDays(3650);
    /** Clocks of proxies that share a file may differ a little. */
    private static final Duration CLOCKS = Duration.ofMinutes(5);

    private final PrivateKey key;
    private final X509Certificate root;
    private final Duration lifetime;

    private FakeAuthority(PrivateKey key, X509Certificate root, Duration lifetime) {
        this.key = key;
        this.root = root;
        this.lifetime = lifetime;
    }

    /** One that nobody else trusts. */
    public static FakeAuthority own(Duration lifetime) {
        try {
            KeyPair keys = newKeys();
            JcaX509v3CertificateBuilder builder = builder(NAME, keys.getPublic(), ROOT_LIFETIME);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            return new FakeAuthority(keys.getPrivate(), sign(builder, keys.getPrivate()), lifetime);
        } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
            throw new IllegalStateException("cannot make a root: " + e.getMessage(), e);
        }
    }

    /**
     * The one whose key and certificate are in this file, which is made if it is not there.
     *
     * @throws IOException if the file can be neither read nor made
     */
    public static FakeAuthority shared(Path file, Duration lifetime) throws IOException {
        try {
            return read(file, lifetime);
        } catch (NoSuchFileException _) {
            create(file, own(lifetime));
            return read(file, lifetime);
        }
    }

    private static FakeAuthority read(Path file, Duration lifetime) throws IOException {
        String pem = Files.readString(file);
        try {
            return new FakeAuthority(
                    Pem.privateKey(pem), Pem.certificates(pem.substring(pem.indexOf(CERTIFICATE)))[0], lifetime);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IOException("fake authority " + file + ": " + e.getMessage(), e);
        }
    }

    /** Whole or not at all, and once, whoever else starts at this moment. */
    private static void create(Path file, FakeAuthority authority) throws IOException {
        Path whole = Files.createTempFile(
                file.toAbsolutePath().getParent(),
                "fake-ca",
                ".pem",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(
                    whole,
                    pem("PRIVATE KEY", authority.key.getEncoded()) + pem("CERTIFICATE", authority.root.getEncoded()));
            Files.createLink(file, whole);
        } catch (FileAlreadyExistsException _) {
            // Someone else was first, and that one counts.
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        } finally {
            Files.delete(whole);
        }
    }

    private static String pem(String what, byte[] der) {
        return "-----BEGIN %s-----%n%s%n-----END %s-----%n"
                .formatted(what, Base64.getMimeEncoder().encodeToString(der), what);
    }

    @Override
    public WorkloadCertificate issue(SpiffeId identity) throws IOException {
        try {
            KeyPair keys = newKeys();
            JcaX509v3CertificateBuilder builder = builder(new X500Name(""), keys.getPublic(), lifetime);
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth
            }));
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    true,
                    new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, identity.toString())));
            return new WorkloadCertificate(identity, keys.getPrivate(), List.of(sign(builder, key)), List.of(root));
        } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
            throw new IOException("cannot certify " + identity + ": " + e.getMessage(), e);
        }
    }

    private static JcaX509v3CertificateBuilder builder(X500Name subject, PublicKey of, Duration lifetime) {
        Instant now = Instant.now();
        return new JcaX509v3CertificateBuilder(
                NAME,
                new BigInteger(120, new SecureRandom()),
                Date.from(now.minus(CLOCKS)),
                Date.from(now.plus(lifetime)),
                subject,
                of);
    }

    private static X509Certificate sign(JcaX509v3CertificateBuilder builder, PrivateKey by)
            throws GeneralSecurityException, OperatorCreationException {
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(by)));
    }

    private static KeyPair newKeys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }
}
