package io.periplus.waypoint;

import io.periplus.wire.waypoint.KeyPair;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** A public authority: certificates for names, with RSA or ECDSA keys, and the clients that trust it. */
final class EdgeCa {
    private static final AtomicLong SERIAL = new AtomicLong(1);
    private static final int KEY_BITS = 2048;

    private final java.security.KeyPair key;
    private final X500Name name;
    private final X509Certificate root;

    /** A certificate with its key. */
    record Issued(X509Certificate certificate, PrivateKey key) {
        KeyPair pem() {
            return KeyPair.newBuilder()
                    .setCertificateChain(EdgeCa.pem(certificate))
                    .setPrivateKey(EdgeCa.pem(key))
                    .build();
        }

        /** The server's side of TLS on a connection that was accepted. */
        SSLSocket server(Socket accepted, EdgeCa trusted) throws IOException {
            SSLSocket socket = (SSLSocket)
                    trusted.client(this).getSocketFactory().createSocket(accepted, null, accepted.getPort(), true);
            socket.setUseClientMode(false);
            return socket;
        }
    }

    EdgeCa(String commonName) {
        this(commonName, "EC");
    }

    /** @param algorithm of its own key */
    EdgeCa(String commonName, String algorithm) {
        key = newKey(algorithm);
        name = new X500Name("CN=" + commonName);
        root = sign(name, key.getPublic(), true, List.of());
    }

    /** The root in PEM. */
    String pem() {
        return pem(root);
    }

    /** @param algorithm {@code RSA} or {@code EC} */
    Issued issue(String algorithm, String... dnsNames) {
        java.security.KeyPair pair = newKey(algorithm);
        X500Name subject = new X500Name("CN=" + dnsNames[0] + ",O=Edge Test");
        return new Issued(sign(subject, pair.getPublic(), false, List.of(dnsNames)), pair.getPrivate());
    }

    private X509Certificate sign(
            X500Name subject, java.security.PublicKey subjectKey, boolean authority, List<String> names) {
        try {
            Instant now = Instant.now();
            var builder = new JcaX509v3CertificateBuilder(
                    name,
                    BigInteger.valueOf(SERIAL.getAndIncrement()),
                    Date.from(now.minusSeconds(60)),
                    Date.from(now.plusSeconds(3600)),
                    subject,
                    subjectKey);
            if (authority) {
                builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            }
            if (!names.isEmpty()) {
                List<GeneralName> alternatives = new ArrayList<>();
                names.forEach(dns -> alternatives.add(new GeneralName(GeneralName.dNSName, dns)));
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(alternatives.toArray(GeneralName[]::new)));
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder(
                                    key.getPrivate() instanceof ECPrivateKey ? "SHA256withECDSA" : "SHA256withRSA")
                            .build(key.getPrivate())));
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static java.security.KeyPair newKey(String algorithm) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            generator.initialize(algorithm.equals("EC") ? 256 : KEY_BITS);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** RSA keys in their own old form, as certificate managers write them; EC keys in PKCS #8. */
    private static String pem(Object value) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            boolean ec = value instanceof PrivateKey key && key.getAlgorithm().equals("EC");
            writer.writeObject(ec ? new JcaPKCS8Generator((PrivateKey) value, null) : value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    // ---- clients

    /** A client that trusts this authority and, if it has one, shows its certificate when asked. */
    SSLContext client(@Nullable Issued own) {
        try {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            trusted.setCertificateEntry("root", root);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            KeyStore keys = KeyStore.getInstance(KeyStore.getDefaultType());
            keys.load(null, null);
            if (own != null) {
                keys.setKeyEntry("own", own.key(), new char[0], new X509Certificate[] {own.certificate()});
            }
            KeyManagerFactory keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keyManagers.init(keys, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keyManagers.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An open connection; the server name is empty for none. */
    static SSLSocket connect(SSLContext context, int port, String serverName, String... protocols) throws IOException {
        Socket plain = new Socket();
        plain.connect(EdgeRig.at(port));
        plain.setSoTimeout(10_000);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, serverName, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(serverName.isEmpty() ? List.of() : List.of(new SNIHostName(serverName)));
        parameters.setApplicationProtocols(protocols);
        socket.setSSLParameters(parameters);
        return socket;
    }
}
