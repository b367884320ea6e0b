package io.periplus.waypoint.upstream.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Trust in certificate authorities: those of a bundle, or those of the system. */
public final class Roots {
    /** Where Debian and most images keep the system's authorities; without it the JDK's own are taken. */
    private static final Path SYSTEM = Path.of("/etc/ssl/certs/ca-certificates.crt");

    private Roots() {}

    /** Those of a bundle in PEM. */
    public static X509TrustManager of(String pem) throws GeneralSecurityException, IOException {
        return trust(store(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8))));
    }

    /** Those of the system. */
    public static X509TrustManager system() throws GeneralSecurityException, IOException {
        if (!Files.isReadable(SYSTEM)) {
            return trust(null);
        }
        try (InputStream bundle = Files.newInputStream(SYSTEM)) {
            return trust(store(bundle));
        }
    }

    private static KeyStore store(InputStream pem) throws GeneralSecurityException, IOException {
        Collection<? extends Certificate> certificates =
                CertificateFactory.getInstance("X.509").generateCertificates(pem);
        if (certificates.isEmpty()) {
            throw new CertificateException("the CA bundle holds no certificate in PEM");
        }
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        int number = 0;
        for (Certificate certificate : certificates) {
            store.setCertificateEntry("ca-" + number++, certificate);
        }
        return store;
    }

    private static X509TrustManager trust(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager x509) {
                return x509;
            }
        }
        throw new CertificateException("the JDK has no trust manager for X.509");
    }
}
