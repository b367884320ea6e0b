package io.periplus.dataplane.testing;

import io.periplus.api.SpiffeId;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/** A small certificate authority: one root that signs everything itself. */
public final class TestAuthority {
    private static final AtomicLong SERIALS = new AtomicLong(1);

    private final KeyPair keys = newKeys();
    private final X509Certificate root;

    public TestAuthority() {
        try {
            JcaX509v3CertificateBuilder builder = builder("CN=test root", keys.getPublic(), Duration.ofDays(1));
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            root = sign(builder);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    public X509Certificate root() {
        return root;
    }

    /** A certificate for a workload; its key is in {@link Issued#key()}. */
    public Issued issue(SpiffeId identity, Duration lifetime) {
        KeyPair leaf = newKeys();
        GeneralName name = new GeneralName(GeneralName.uniformResourceIdentifier, identity.toString());
        return new Issued(leaf.getPrivate(), certify(leaf.getPublic(), lifetime, name));
    }

    /** A certificate for a server at 127.0.0.1 and localhost. */
    public Issued issueForLocalhost() {
        KeyPair leaf = newKeys();
        X509Certificate certificate = certify(
                leaf.getPublic(),
                Duration.ofDays(1),
                new GeneralName(GeneralName.dNSName, "localhost"),
                new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
        return new Issued(leaf.getPrivate(), certificate);
    }

    /** Signs a request with the names that it asks for. */
    public X509Certificate sign(String requestPem, Duration lifetime) {
        try (PEMParser parser = new PEMParser(new StringReader(requestPem))) {
            var request = new JcaPKCS10CertificationRequest((PKCS10CertificationRequest) parser.readObject());
            GeneralNames names =
                    GeneralNames.fromExtensions(request.getRequestedExtensions(), Extension.subjectAlternativeName);
            return certify(request.getPublicKey(), lifetime, names.getNames());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    public static String pem(Object object) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return text.toString();
    }

    /** A certificate with its key. */
    public record Issued(PrivateKey key, X509Certificate certificate) {}

    private X509Certificate certify(PublicKey key, Duration lifetime, GeneralName... names) {
        try {
            JcaX509v3CertificateBuilder builder = builder("CN=leaf", key, lifetime);
            builder.addExtension(Extension.subjectAlternativeName, true, new GeneralNames(names));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
            }));
            return sign(builder);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static JcaX509v3CertificateBuilder builder(String subject, PublicKey key, Duration lifetime) {
        Instant now = Instant.now();
        return new JcaX509v3CertificateBuilder(
                new X500Name("CN=test root"),
                BigInteger.valueOf(SERIALS.getAndIncrement()),
                Date.from(now),
                Date.from(now.plus(lifetime)),
                new X500Name(subject),
                key);
    }

    private X509Certificate sign(JcaX509v3CertificateBuilder builder) throws Exception {
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
