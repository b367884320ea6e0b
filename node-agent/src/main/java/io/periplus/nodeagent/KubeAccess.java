package io.periplus.nodeagent;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Where the API server is and how to authenticate, as every pod is told.
 *
 * @param token read for each request, because the kubelet renews it
 * @param authority the roots that the server's certificate is verified against
 */
record KubeAccess(URI server, Path token, Path authority) {
    private static final Path SERVICE_ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    /** From the variables and files that a pod has. */
    static KubeAccess inCluster(Map<String, String> environment) {
        String host = environment.get("KUBERNETES_SERVICE_HOST");
        String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
        if (host == null) {
            throw new IllegalArgumentException(
                    "KUBERNETES_SERVICE_HOST: not set; the node agent runs in a pod, with a service account");
        }
        String literal = host.indexOf(':') < 0 ? host : "[" + host + "]";
        return new KubeAccess(
                URI.create("https://" + literal + ":" + port),
                SERVICE_ACCOUNT.resolve("token"),
                SERVICE_ACCOUNT.resolve("ca.crt"));
    }

    String bearerToken() throws IOException {
        return Files.readString(token).strip();
    }

    SSLContext tls() throws IOException {
        try (InputStream pem = Files.newInputStream(authority)) {
            KeyStore roots = KeyStore.getInstance(KeyStore.getDefaultType());
            roots.load(null, null);
            for (Certificate root : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                roots.setCertificateEntry("root" + roots.size(), root);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(roots);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("roots of the API server in " + authority + ": " + e.getMessage(), e);
        }
    }
}
