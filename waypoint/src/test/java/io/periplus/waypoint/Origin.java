package io.periplus.waypoint;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A server with TLS of its own and a certificate for one name; answers every request, and notes what it saw. */
final class Origin implements AutoCloseable {
    private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\norigin";

    final List<String> serverNames = new CopyOnWriteArrayList<>();
    final List<String> preambles = new CopyOnWriteArrayList<>();
    private final ServerSocket listener;
    private final SSLContext context;
    private final X509Certificate certificate;

    /** @param preamble whether connections begin with a line before TLS, such as that of the PROXY protocol */
    Origin(String podAddress, String name, boolean preamble) throws Exception {
        KeyPair key = KeyPairGenerator.getInstance("EC").generateKeyPair();
        certificate = selfSigned(key, name);
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("origin", key.getPrivate(), new char[0], new X509Certificate[] {certificate});
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        listener = new ServerSocket(0, 16, InetAddress.ofLiteral(podAddress));
        Thread.startVirtualThread(() -> accept(preamble));
    }

    private static X509Certificate selfSigned(KeyPair key, String name) throws Exception {
        X500Name subject = new X500Name("CN=origin");
        Instant now = Instant.now();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                subject,
                BigInteger.valueOf(now.toEpochMilli()),
                Date.from(now.minus(Duration.ofMinutes(1))),
                Date.from(now.plus(Duration.ofHours(1))),
                subject,
                key.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        builder.addExtension(
                Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName(GeneralName.dNSName, name)));
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate())));
    }

    private void accept(boolean preamble) {
        while (!listener.isClosed()) {
            try {
                Socket connection = listener.accept();
                Thread.startVirtualThread(() -> serve(connection, preamble));
            } catch (IOException _) {
                return;
            }
        }
    }

    private void serve(Socket connection, boolean preamble) {
        try (connection) {
            if (preamble) {
                preambles.add(line(connection.getInputStream()));
            }
            SSLSocket secure = (SSLSocket) context.getSocketFactory().createSocket(connection, null, 0, true);
            secure.setUseClientMode(false);
            secure.startHandshake();
            if (secure.getSession() instanceof ExtendedSSLSession session) {
                for (SNIServerName name : session.getRequestedServerNames()) {
                    serverNames.add(new String(name.getEncoded(), StandardCharsets.US_ASCII));
                }
            }
            while (true) {
                String line = line(secure.getInputStream());
                if (line.isEmpty()) {
                    secure.getOutputStream().write(ANSWER.getBytes(StandardCharsets.US_ASCII));
                }
            }
        } catch (IOException _) {
            // The client has what it wanted, or refused the certificate.
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        int c;
        while ((c = in.read()) != '\n') {
            if (c < 0) {
                throw new IOException("ended");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    int port() {
        return listener.getLocalPort();
    }

    /** In PEM. */
    String certificate() {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
            pem.writeObject(certificate);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
