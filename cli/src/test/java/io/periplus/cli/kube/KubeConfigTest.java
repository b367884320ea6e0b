package io.periplus.cli.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.periplus.cli.CliException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which cluster, and as whom. */
class KubeConfigTest {
    @TempDir
    private Path directory;

    private String write(String yaml) throws IOException {
        return Files.writeString(directory.resolve("config"), yaml).toString();
    }

    @Test
    void theCurrentContextIsUsedUnlessOneIsNamed() throws IOException {
        String file = write("""
                current-context: b
                clusters:
                  - {name: one, cluster: {server: "https://one:6443/", insecure-skip-tls-verify: true, tls-server-name: kubernetes}}
                  - {name: two, cluster: {server: "http://two:8080/prefix"}}
                contexts:
                  - {name: a, context: {cluster: one, user: ann, namespace: shop}}
                  - {name: b, context: {cluster: two, user: bob}}
                users:
                  - {name: ann, user: {tokenFile: token}}
                  - {name: bob, user: {username: bob, password: pw}}
                """);
        Files.writeString(directory.resolve("token"), "from-file\n");

        ClusterAccess current = KubeConfig.resolve(file, "");
        ClusterAccess named = KubeConfig.resolve(file, "a");

        assertThat(current.server()).hasToString("http://two:8080/prefix");
        assertThat(current.namespace()).isEqualTo("default");
        assertThat(current.tls()).isNull();
        assertThat(current.headers()).containsEntry("Authorization", "Basic Ym9iOnB3");
        assertThat(named.server()).hasToString("https://one:6443");
        assertThat(named.namespace()).isEqualTo("shop");
        assertThat(named.tls()).isNotNull();
        assertThat(named.tlsServerName()).isEqualTo("kubernetes");
        assertThat(named.headers()).containsEntry("Authorization", "Bearer from-file");
    }

    @Test
    void aCredentialPluginIsAsked() throws IOException {
        String file = write("""
                current-context: a
                clusters: [{name: one, cluster: {server: "http://one"}}]
                contexts: [{name: a, context: {cluster: one, user: ann}}]
                users:
                  - name: ann
                    user:
                      exec:
                        apiVersion: client.authentication.k8s.io/v1
                        command: sh
                        args: [-c, 'echo "{\\"status\\": {\\"token\\": \\"$WHO\\"}}"']
                        env: [{name: WHO, value: plugin-token}]
                """);

        assertThat(KubeConfig.resolve(file, "").headers()).containsEntry("Authorization", "Bearer plugin-token");
    }

    @Test
    void anUnknownContextIsNamedWithTheKnownOnes() throws IOException {
        String file = write("contexts: [{name: a, context: {}}, {name: b, context: {}}]");

        assertThatThrownBy(() -> KubeConfig.resolve(file, "c"))
                .isInstanceOf(CliException.class)
                .hasMessage("context \"c\" does not exist (known: a, b)");
    }

    @Test
    void aFileThatIsNoYamlIsNamed() throws IOException {
        String file = write("a: [");

        assertThatThrownBy(() -> KubeConfig.resolve(file, ""))
                .isInstanceOf(CliException.class)
                .hasMessageStartingWith("kubeconfig " + file + " cannot be read: ");
    }
}
