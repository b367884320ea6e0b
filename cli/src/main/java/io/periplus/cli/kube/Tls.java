package io.periplus.cli.kube;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.CliException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** TLS to an API server: the cluster's authority, the user's certificate. */
final class Tls {
    private static final char[] NO_PASSWORD = {};

    private Tls() {}

    /** A context for a kubeconfig cluster entry; without an authority the JVM's own roots are trusted. */
    static SSLContext context(JsonNode cluster, Path directory, Credentials credentials) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keyManagers(credentials), trustManagers(cluster, directory), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new CliException("the kubeconfig's certificates or keys cannot be used: " + e.getMessage());
        }
    }

    private static TrustManager @Nullable [] trustManagers(JsonNode cluster, Path directory)
            throws GeneralSecurityException, IOException {
        if (cluster.path("insecure-skip-tls-verify").asBoolean()) {
            return new TrustManager[] {new TrustAnything()};
        }
        byte[] authority = Credentials.material(cluster, "certificate-authority", directory);
        if (authority == null) {
            return null;
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        int index = 0;
        for (Certificate certificate : certificates(authority)) {
            store.setCertificateEntry("ca" + index++, certificate);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyManager @Nullable [] keyManagers(Credentials credentials)
            throws GeneralSecurityException, IOException {
        byte[] chain = credentials.certificate();
        byte[] key = credentials.key();
        if (chain == null || key == null) {
            return null;
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "user", PemKeys.parse(key), NO_PASSWORD, certificates(chain).toArray(new Certificate[0]));
        KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static Collection<? extends Certificate> certificates(byte[] pem) throws GeneralSecurityException {
        return CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem));
    }

    /** For {@code insecure-skip-tls-verify}, which the user asked for. */
    private static final class TrustAnything extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
