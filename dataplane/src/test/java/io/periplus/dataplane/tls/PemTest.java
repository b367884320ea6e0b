package io.periplus.dataplane.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringWriter;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.util.Base64;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys and certificates in the forms that users bring. */
class PemTest {
    /** As {@code openssl ecparam -genkey} writes it; used nowhere. */
    private static final String SEC1 = """
            -----BEGIN EC PARAMETERS-----
            BggqhkjOPQMBBw==
            -----END EC PARAMETERS-----
            -----BEGIN EC PRIVATE KEY-----
            MHcCAQEEIGkwuajJDqzuGFLmHiY4SeAlFSFnBjmGFzZpaRnCMLJloAoGCCqGSM49
            AwEHoUQDQgAEnsoOHzSkJ0o9WcAYkDXcsLjGerJ4dEC4pj/Edt5fVRrEMP2+RO64
            TsGGlDPCn1DE3Phq/Xbu9s9H8fImEr8vQg==
            -----END EC PRIVATE KEY-----
            """;

    private static String pkcs8(PrivateKey key) {
        return "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(key.getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519"})
    void keysInPkcs8AreRead(String algorithm) throws Exception {
        PrivateKey key =
                KeyPairGenerator.getInstance(algorithm).generateKeyPair().getPrivate();
        assertThat(Pem.privateKey(pkcs8(key))).isEqualTo(key);
    }

    @Test
    void olderFormsOfKeysAreRead() throws Exception {
        PrivateKey rsa = KeyPairGenerator.getInstance("RSA").generateKeyPair().getPrivate();
        StringWriter pkcs1 = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(pkcs1)) {
            writer.writeObject(rsa);
        }
        assertThat(pkcs1.toString()).startsWith("-----BEGIN RSA PRIVATE KEY-----");
        assertThat(Pem.privateKey(pkcs1.toString())).isEqualTo(rsa);
        assertThat(Pem.privateKey(SEC1).getAlgorithm()).isEqualTo("EC");
    }

    @Test
    void whatCannotBeReadIsSaidWithoutQuotingIt() {
        assertThatThrownBy(() -> Pem.privateKey("secret")).hasMessage("there is no private key in PEM");
        assertThatThrownBy(
                        () -> Pem.privateKey("-----BEGIN RSA PRIVATE KEY-----\nQUJD\n-----END RSA PRIVATE KEY-----\n"))
                .hasMessageStartingWith("the private key cannot be read");
        assertThatThrownBy(() -> Pem.certificates("none")).hasMessageStartingWith("a certificate cannot be read");
    }
}
