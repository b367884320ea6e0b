package io.periplus.controlplane.ca;

import io.periplus.api.SpiffeId;
import io.periplus.controlplane.ca.CaException.Fault;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/** Signs leaf certificates with a signer that can be replaced. Safe for any number of threads. */
public final class CertificateAuthority {
    /** How far a certificate's life reaches back, for clocks that are behind. */
    static final Duration CLOCK_SKEW = Duration.ofMinutes(2);

    private static final Duration SERVER_LIFE = Duration.ofDays(3650);

    private volatile SigningBundle bundle;
    private final Duration defaultLife;
    private final Duration maxLife;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    /** A key pair with its chain, as the control plane's own server presents it. */
    public record ServerIdentity(KeyPair keys, List<X509Certificate> chain) {}

    public CertificateAuthority(SigningBundle bundle, Duration defaultLife, Duration maxLife, Clock clock) {
        this.bundle = bundle;
        this.defaultLife = defaultLife;
        this.maxLife = maxLife;
        this.clock = clock;
    }

    /** Signs with another signer from now on; what was signed with the former one stays as good as it was. */
    public void replace(SigningBundle next) {
        bundle = next;
    }

    /** What is signed with now. */
    SigningBundle bundle() {
        return bundle;
    }

    /** When the signing certificate ends. */
    public Instant signerEnd() {
        return bundle.end();
    }

    /** PEM of the roots that peers have to trust. */
    public String roots() {
        return bundle.roots();
    }

    /**
     * Signs a workload's certificate. The request's own names are ignored; its signature is checked.
     *
     * @param seconds life asked for; zero or less means the default
     * @return leaf, intermediates, and the root bundle as the last element, each PEM
     */
    public List<String> sign(String csr, SpiffeId identity, long seconds) throws CaException {
        if (seconds > maxLife.toSeconds()) {
            throw refuse("requested life " + Duration.ofSeconds(seconds) + " is longer than the longest allowed, "
                    + maxLife);
        }
        PublicKey key = publicKey(csr);
        Duration life = seconds <= 0 ? defaultLife : Duration.ofSeconds(seconds);
        GeneralNames names =
                new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, identity.toString()));
        SigningBundle signing = bundle;
        X509Certificate leaf = leaf(signing, key, names, life);
        List<String> chain = new ArrayList<>();
        chain.add(Pem.write(leaf));
        signing.chain().forEach(certificate -> chain.add(Pem.write(certificate)));
        chain.add(signing.roots());
        return chain;
    }

    /** Makes a key and a certificate for a TLS server with these DNS names. */
    public ServerIdentity serverIdentity(List<String> dnsNames) throws CaException {
        SigningBundle signing = bundle;
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = generator.generateKeyPair();
            GeneralName[] names = dnsNames.stream()
                    .map(name -> new GeneralName(GeneralName.dNSName, name))
                    .toArray(GeneralName[]::new);
            List<X509Certificate> chain = new ArrayList<>();
            chain.add(leaf(signing, pair.getPublic(), new GeneralNames(names), SERVER_LIFE));
            chain.addAll(signing.chain());
            return new ServerIdentity(pair, List.copyOf(chain));
        } catch (GeneralSecurityException e) {
            throw new CaException("cannot make the server's key: " + e.getMessage(), e);
        }
    }

    private X509Certificate leaf(SigningBundle signing, PublicKey key, GeneralNames names, Duration life)
            throws CaException {
        Instant now = clock.instant();
        Instant signerEnd = signing.end();
        if (!signerEnd.isAfter(now)) {
            throw new CaException("the signing certificate has expired on " + signerEnd);
        }
        Instant end = now.plus(life).isAfter(signerEnd) ? signerEnd : now.plus(life);
        try {
            X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    X500Name.getInstance(
                            signing.signer().getSubjectX500Principal().getEncoded()),
                    new BigInteger(128, random).setBit(0),
                    Date.from(now.minus(CLOCK_SKEW)),
                    Date.from(end),
                    new X500Name(new RDN[0]),
                    key);
            builder.addExtension(Extension.subjectAlternativeName, true, names);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(
                    Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
            }));
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(
                            new JcaContentSignerBuilder(signing.signatureAlgorithm()).build(signing.key())));
        } catch (OperatorCreationException | GeneralSecurityException | CertIOException e) {
            throw new CaException("cannot sign: " + e.getMessage(), e);
        }
    }

    private static PublicKey publicKey(String csr) throws CaException {
        try (PEMParser parser = new PEMParser(new StringReader(csr))) {
            if (!(parser.readObject() instanceof PKCS10CertificationRequest parsed)) {
                throw refuse("csr: no PEM block of a certificate request");
            }
            JcaPKCS10CertificationRequest request = new JcaPKCS10CertificationRequest(parsed);
            PublicKey key = request.getPublicKey();
            if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
                throw refuse("csr: its signature does not verify");
            }
            return key;
        } catch (IOException | GeneralSecurityException | OperatorCreationException | PKCSException e) {
            throw new CaException(Fault.REQUEST, "csr: cannot be read: " + e.getMessage(), e);
        }
    }

    private static CaException refuse(String message) {
        return new CaException(Fault.REQUEST, message, null);
    }
}
