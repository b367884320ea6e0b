package io.periplus.dataplane.testing;

import io.periplus.api.SpiffeId;
import io.periplus.dataplane.identity.WorkloadCertificate;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A mesh CA: a root, an intermediate that signs, and workload certificates with SPIFFE URIs. */
public final class TestCa {
    private static final AtomicLong SERIAL = new AtomicLong(1);
    private static final X500Name NOBODY = new X500Name("");

    private final X509Certificate root;
    private final X509Certificate intermediate;
    private final KeyPair intermediateKey;
    private final KeyPair rootKey;

    /** @param name distinguishes several authorities in one test */
    public TestCa(String name) {
        X500Name rootName = new X500Name("CN=" + name + " root");
        X500Name intermediateName = new X500Name("CN=" + name + " intermediate");
        rootKey = newKey();
        intermediateKey = newKey();
        root = sign(rootName, rootKey, rootName, rootKey, Duration.ofDays(1), true, null);
        intermediate = sign(rootName, rootKey, intermediateName, intermediateKey, Duration.ofDays(1), true, null);
    }

    /** The root that peers trust. */
    public X509Certificate root() {
        return root;
    }

    /** A certificate for {@code spiffe://cluster.local/ns/<namespace>/sa/<account>}, valid for an hour. */
    public WorkloadCertificate issue(String namespace, String account) {
        return issue(new SpiffeId(SpiffeId.DEFAULT_TRUST_DOMAIN, namespace, account), Duration.ofHours(1));
    }

    /** A certificate that ends {@code validity} from now, which may be negative. */
    public WorkloadCertificate issue(SpiffeId identity, Duration validity) {
        KeyPair key = newKey();
        X509Certificate leaf = sign(
                new X500Name("CN=" + intermediateCommonName()),
                intermediateKey,
                NOBODY,
                key,
                validity,
                false,
                identity,
                KeyPurposeId.id_kp_clientAuth,
                KeyPurposeId.id_kp_serverAuth);
        return new WorkloadCertificate(identity, key.getPrivate(), List.of(leaf, intermediate), List.of(root));
    }

    /** This authority's root as another one certifies it, for those who know only the other. */
    public X509Certificate rootCertifiedBy(TestCa other) {
        return sign(
                X500Name.getInstance(other.root.getSubjectX500Principal().getEncoded()),
                other.rootKey,
                X500Name.getInstance(root.getSubjectX500Principal().getEncoded()),
                rootKey,
                Duration.ofDays(1),
                true,
                null);
    }

    /** A workload's certificate that is for these purposes; for all if there are none. */
    public X509Certificate leafFor(KeyPurposeId... purposes) {
        return sign(
                new X500Name("CN=" + intermediateCommonName()),
                intermediateKey,
                NOBODY,
                newKey(),
                Duration.ofHours(1),
                false,
                new SpiffeId(SpiffeId.DEFAULT_TRUST_DOMAIN, "shop", "cart"),
                purposes);
    }

    /** The intermediate that signs workloads' certificates. */
    public X509Certificate intermediate() {
        return intermediate;
    }

    /** A list of revoked workload certificates, as PEM. */
    public String revoke(X509Certificate... leaves) {
        return list(intermediate.getSubjectX500Principal().getEncoded(), intermediateKey, leaves);
    }

    /** A list that revokes the intermediate, as PEM. */
    public String revokeIntermediate() {
        return list(root.getSubjectX500Principal().getEncoded(), rootKey, intermediate);
    }

    private static String list(byte[] issuer, KeyPair key, X509Certificate... revoked) {
        try {
            var builder = new X509v2CRLBuilder(X500Name.getInstance(issuer), Date.from(Instant.now()));
            for (X509Certificate each : revoked) {
                builder.addCRLEntry(each.getSerialNumber(), Date.from(Instant.now()), CRLReason.keyCompromise);
            }
            return TestAuthority.pem(
                    builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate())));
        } catch (OperatorCreationException e) {
            throw new IllegalStateException("cannot sign a revocation list", e);
        }
    }

    private String intermediateCommonName() {
        return intermediate.getSubjectX500Principal().getName().substring("CN=".length());
    }

    private static X509Certificate sign(
            X500Name issuer,
            KeyPair issuerKey,
            X500Name subject,
            KeyPair key,
            Duration validity,
            boolean authority,
            @org.jspecify.annotations.Nullable SpiffeId identity,
            KeyPurposeId... purposes) {
        try {
            Instant now = Instant.now();
            var builder = new JcaX509v3CertificateBuilder(
                    issuer,
                    BigInteger.valueOf(SERIAL.getAndIncrement()),
                    Date.from(now.minus(Duration.ofHours(2))),
                    Date.from(now.plus(validity)),
                    subject,
                    key.getPublic());
            if (authority) {
                builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
                builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            } else {
                builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            }
            if (purposes.length > 0) {
                builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
            }
            if (identity != null) {
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        true,
                        new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, identity.toString())));
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(
                            new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKey.getPrivate())));
        } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
            throw new IllegalStateException("cannot sign " + subject, e);
        }
    }

    private static KeyPair newKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
