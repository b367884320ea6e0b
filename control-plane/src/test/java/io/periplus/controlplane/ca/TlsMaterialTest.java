package io.periplus.controlplane.ca;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.time.Instant;
import java.util.Date;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TlsMaterialTest {
    @ParameterizedTest
    @CsvSource({"RSA, 2048, SHA256withRSA", "EC, 256, SHA256withECDSA", "Ed25519, 255, Ed25519"})
    void aCertificateAndItsKeyFitInEveryFormAKeyIsWrittenIn(String algorithm, int size, String signature)
            throws Exception {
        KeyPair keys = keys(algorithm, size);
        String certificate = certificate(keys, signature);
        assertThat(TlsMaterial.pairProblem(certificate, Pem.write(keys.getPrivate())))
                .isEmpty();
        // PKCS #1 and SEC 1.
        assertThat(TlsMaterial.pairProblem(certificate, traditional(keys))).isEmpty();
        assertThat(TlsMaterial.pkcs8(traditional(keys))).startsWith("-----BEGIN PRIVATE KEY-----");
    }

    @Test
    void aKeyOfAnotherCertificateIsToldApart() throws Exception {
        String certificate = certificate(keys("EC", 256), "SHA256withECDSA");
        assertThat(TlsMaterial.pairProblem(
                        certificate, Pem.write(keys("EC", 256).getPrivate())))
                .isEqualTo("tls.key: is not the key of the first certificate of tls.crt");
        assertThat(TlsMaterial.pairProblem(
                        certificate, Pem.write(keys("RSA", 2048).getPrivate())))
                .startsWith("tls.key: is not the key of the first certificate of tls.crt");
    }

    @Test
    void whatIsNoCertificateOrKeyIsToldWithoutShowingIt() throws Exception {
        KeyPair keys = keys("EC", 256);
        String certificate = certificate(keys, "SHA256withECDSA");
        String key = Pem.write(keys.getPrivate());
        assertThat(TlsMaterial.pairProblem("", key)).isEqualTo("tls.crt: holds no certificate");
        assertThat(TlsMaterial.pairProblem("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", key))
                .isEqualTo("tls.crt: not a certificate");
        assertThat(TlsMaterial.pairProblem(certificate, "")).isEqualTo("tls.key: holds no unencrypted private key");
        String damaged = key.replaceFirst("\n.{8}", "\n????????");
        assertThat(TlsMaterial.pairProblem(certificate, damaged))
                .startsWith("tls.key: ")
                .doesNotContain(key.substring(40, 60));
    }

    @Test
    void authoritiesNeedAtLeastOneCertificate() throws Exception {
        assertThat(TlsMaterial.certificatesProblem("ca.crt", certificate(keys("EC", 256), "SHA256withECDSA")))
                .isEmpty();
        assertThat(TlsMaterial.certificatesProblem("ca.crt", "nonsense")).isEqualTo("ca.crt: holds no certificate");
    }

    private static KeyPair keys(String algorithm, int size) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(size);
        return generator.generateKeyPair();
    }

    private static String traditional(KeyPair keys) throws Exception {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            if (keys.getPrivate() instanceof ECPrivateKey key) {
                var sec1 = new org.bouncycastle.asn1.sec.ECPrivateKey(256, key.getS(), SECObjectIdentifiers.secp256r1);
                writer.writeObject(new PemObject("EC PRIVATE KEY", sec1.getEncoded()));
            } else {
                writer.writeObject(keys.getPrivate());
            }
        }
        return text.toString();
    }

    private static String certificate(KeyPair keys, String signature) throws Exception {
        X500Principal name = new X500Principal("CN=test");
        Instant now = Instant.now();
        return Pem.write(new JcaX509CertificateConverter()
                .getCertificate(new JcaX509v3CertificateBuilder(
                                name,
                                BigInteger.ONE,
                                Date.from(now.minusSeconds(60)),
                                Date.from(now.plusSeconds(3600)),
                                name,
                                keys.getPublic())
                        .build(new JcaContentSignerBuilder(signature).build(keys.getPrivate()))));
    }
}
