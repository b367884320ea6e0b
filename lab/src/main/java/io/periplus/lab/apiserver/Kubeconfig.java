package io.periplus.lab.apiserver;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Text of client configuration files. */
final class Kubeconfig {
    private Kubeconfig() {}

    static String admin(String name, String serverUrl, ClusterPki pki) {
        ClusterPki.AdminCredentials admin = pki.admin();
        return """
                apiVersion: v1
                kind: Config
                clusters:
                - name: %1$s
                  cluster:
                    server: %2$s
                    certificate-authority-data: %3$s
                users:
                - name: %1$s
                  user:
                    client-certificate-data: %4$s
                    client-key-data: %5$s
                contexts:
                - name: %1$s
                  context:
                    cluster: %1$s
                    user: %1$s
                current-context: %1$s
                """.formatted(
                        name, serverUrl, base64(pki.caPem()), base64(admin.certificatePem()), base64(admin.keyPem()));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
