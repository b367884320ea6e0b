package io.periplus.controlplane.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.periplus.api.SpiffeId;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.assertj.core.api.Assertions;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The CA that is plugged in as files: an intermediate of a root that clusters share. */
class PluggedInCaTest {
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    Path directory;

    private X509Certificate root;
    private KeyPair rootKeys;
    private String issuer = "O=Root";

    @BeforeEach
    void files() throws Exception {
        rootKeys = keys();
        root = certificate("O=Root", rootKeys, "O=Root", rootKeys, Duration.ofDays(365));
        plugIn(Duration.ofDays(30));
    }

    private void plugIn(Duration life) throws Exception {
        KeyPair keys = keys();
        X509Certificate intermediate = certificate("O=Intermediate", keys, issuer, rootKeys, life);
        write("ca-cert.pem", Pem.write(intermediate));
        write("ca-key.pem", Pem.write(keys.getPrivate()));
        write("root-cert.pem", Pem.write(root));
        write("cert-chain.pem", Pem.write(intermediate) + Pem.write(root));
    }

    @Test
    void aLeafComesWithTheIntermediateAndTheRootsLastAndVerifies() throws Exception {
        List<String> chain = authority().sign(csr(), new SpiffeId("cluster.local", "a", "b"), 3600);
        assertThat(chain).hasSize(3);
        assertThat(chain.getLast()).isEqualTo(Pem.write(root));
        assertThat(chain).allMatch(pem -> pem.endsWith("-----END CERTIFICATE-----\n"));
        verify(List.of(parse(chain.get(0)), parse(chain.get(1))));
    }

    @Test
    void aLeafDoesNotOutliveItsSigner() throws Exception {
        plugIn(Duration.ofHours(2));
        List<String> chain = authority().sign(csr(), new SpiffeId("cluster.local", "a", "b"), DAY.toSeconds());
        assertThat(parse(chain.getFirst()).getNotAfter())
                .isEqualTo(parse(chain.get(1)).getNotAfter());
    }

    @Test
    void nothingAtAllMeansNoPluggedInCa() throws Exception {
        for (String name : List.of("ca-cert.pem", "ca-key.pem", "root-cert.pem", "cert-chain.pem")) {
            Files.delete(directory.resolve(name));
        }
        assertThat(PluggedInCa.load(directory)).isEmpty();
        assertThat(PluggedInCa.load(directory.resolve("none"))).isEmpty();
    }

    @Test
    void someFilesButNotAllFailAndSayWhichAreMissing() throws Exception {
        Files.delete(directory.resolve("ca-key.pem"));
        Files.delete(directory.resolve("root-cert.pem"));
        assertThatThrownBy(() -> PluggedInCa.load(directory))
                .isInstanceOf(CaException.class)
                .hasMessageContaining("missing ca-key.pem, root-cert.pem");
    }

    @Test
    void aKeyThatIsNotTheCertificatesFails() throws Exception {
        write("ca-key.pem", Pem.write(keys().getPrivate()));
        assertThatThrownBy(() -> PluggedInCa.load(directory)).hasMessageContaining("is not the key of ca-cert.pem");
    }

    @Test
    void anIntermediateOfAnotherRootFails() throws Exception {
        KeyPair other = keys();
        write("root-cert.pem", Pem.write(certificate("O=Root", other, "O=Root", other, DAY)));
        assertThatThrownBy(() -> PluggedInCa.load(directory)).hasMessageContaining("does not verify to root-cert.pem");
    }

    @Test
    void severalRootsAreDistributedInTheirOrder() throws Exception {
        KeyPair other = keys();
        String both = Pem.write(root) + Pem.write(certificate("O=Next", other, "O=Next", other, DAY));
        write("root-cert.pem", both);
        assertThat(authority().roots()).isEqualTo(both);
    }

    @Test
    void aChangedIntermediateSignsFromTheNextLookOn() throws Exception {
        CertificateAuthority authority = authority();
        List<String> roots = new ArrayList<>();
        SignerWatch watch =
                new SignerWatch(directory, authority, () -> roots.add(authority.roots()), Clock.systemUTC());
        watch.look();
        assertThat(roots).isEmpty();
        plugIn(Duration.ofDays(60));
        watch.look();
        watch.look();
        assertThat(roots).containsExactly(Pem.write(root));
        List<String> chain = authority.sign(csr(), new SpiffeId("cluster.local", "a", "b"), 3600);
        assertThat(parse(chain.get(1)).getNotAfter().toInstant())
                .isAfter(Instant.now().plus(Duration.ofDays(50)));
        verify(List.of(parse(chain.get(0)), parse(chain.get(1))));
        watch.close();
    }

    @Test
    void whatCannotBeSignedWithIsNotTakenUp() throws Exception {
        CertificateAuthority authority = authority();
        SigningBundle former = authority.bundle();
        SignerWatch watch = new SignerWatch(directory, authority, Assertions::fail, Clock.systemUTC());
        plugIn(Duration.ofSeconds(-30));
        watch.look();
        write("ca-key.pem", Pem.write(keys().getPrivate()));
        watch.look();
        Files.delete(directory.resolve("ca-key.pem"));
        watch.look();
        assertThat(authority.bundle()).isSameAs(former);
        watch.close();
    }

    @Test
    void rootsAreAddedAndTakenAwayButNotExchangedAtOnce() throws Exception {
        CertificateAuthority authority = authority();
        SignerWatch watch = new SignerWatch(directory, authority, () -> {}, Clock.systemUTC());
        X509Certificate first = root;
        rootKeys = keys();
        root = certificate("O=Next", rootKeys, "O=Next", rootKeys, Duration.ofDays(365));
        issuer = "O=Next";
        plugIn(Duration.ofDays(30));
        watch.look();
        assertThat(authority.roots()).isEqualTo(Pem.write(first));

        write("root-cert.pem", Pem.write(first) + Pem.write(root));
        watch.look();
        assertThat(authority.roots()).isEqualTo(Pem.write(first) + Pem.write(root));
        write("root-cert.pem", Pem.write(root));
        watch.look();
        assertThat(authority.roots()).isEqualTo(Pem.write(root));
        watch.close();
    }

    private CertificateAuthority authority() throws CaException {
        return new CertificateAuthority(
                PluggedInCa.load(directory).orElseThrow(), DAY, Duration.ofDays(90), Clock.systemUTC());
    }

    private void verify(List<X509Certificate> chain) throws Exception {
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
        parameters.setRevocationEnabled(false);
        CertPathValidator.getInstance("PKIX")
                .validate(CertificateFactory.getInstance("X.509").generateCertPath(chain), parameters);
    }

    private void write(String name, String text) throws Exception {
        Files.writeString(directory.resolve(name), text);
    }

    private static X509Certificate parse(String pem) throws CaException {
        return Pem.certificates("test", pem).getFirst();
    }

    private static KeyPair keys() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return generator.generateKeyPair();
    }

    private static X509Certificate certificate(
            String subject, KeyPair keys, String issuer, KeyPair issuerKeys, Duration life) throws Exception {
        Instant now = Instant.now();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                new X500Principal(issuer),
                BigInteger.valueOf(System.nanoTime()),
                Date.from(now.minusSeconds(60)),
                Date.from(now.plus(life)),
                new X500Principal(subject),
                keys.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        return new JcaX509CertificateConverter()
                .getCertificate(
                        builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKeys.getPrivate())));
    }

    private static String csr() throws Exception {
        KeyPair keys = keys();
        byte[] encoded = new JcaPKCS10CertificationRequestBuilder(new X500Principal(""), keys.getPublic())
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
                .getEncoded();
        return "-----BEGIN CERTIFICATE REQUEST-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded)
                + "\n-----END CERTIFICATE REQUEST-----\n";
    }
}
