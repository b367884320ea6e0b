package io.periplus.controlplane.jwks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** The authorities that servers of keys are believed by: the platform's, and those of one more file. */
final class TrustedRoots {
    private TrustedRoots() {}

    /** The sockets' factory, made when first needed: most meshes fetch nothing over TLS. */
    static SSLSocketFactory sockets(Path extra) {
        try {
            KeyStore all = KeyStore.getInstance(KeyStore.getDefaultType());
            all.load(null, null);
            int n = 0;
            for (TrustManager manager : managers(null)) {
                if (manager instanceof X509TrustManager platform) {
                    for (Certificate root : platform.getAcceptedIssuers()) {
                        all.setCertificateEntry("root-" + n++, root);
                    }
                }
            }
            if (Files.exists(extra)) {
                try (InputStream in = Files.newInputStream(extra)) {
                    for (Certificate root :
                            CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                        all.setCertificateEntry("root-" + n++, root);
                    }
                }
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers(all), null);
            return context.getSocketFactory();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("the roots for fetching keys cannot be read (" + extra + ")", e);
        }
    }

    private static TrustManager[] managers(@Nullable KeyStore roots) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(roots);
        return factory.getTrustManagers();
    }
}
