package io.periplus.lab.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestartTest {
    @TempDir
    Path directory;

    @Test
    void aRestartedServerKnowsItsObjectsAndItsClients() throws Exception {
        String token;
        String authority;
        try (TestCluster before = new TestCluster(directory)) {
            before.kubectl("create", "configmap", "kept", "--from-literal=a=b").quiet();
            before.kubectlWith(Fixtures.GADGETS, "apply", "-f", "-").quiet();
            before.kubectlWith(Fixtures.gadget("kept", "class: a"), "apply", "-f", "-")
                    .quiet();
            token = before.server()
                    .tokens()
                    .issue("default", "default", List.of(), Duration.ofHours(1), null)
                    .token();
            authority = before.server().pki().caPem();
        }
        try (TestCluster after = new TestCluster(directory)) {
            assertThat(after.server().pki().caPem()).isEqualTo(authority);
            assertThat(after.server().tokens().verify(token, List.of())).isNotNull();
            assertThat(after.kubectl("get", "cm,gd", "-o", "name").quiet())
                    .isEqualTo("configmap/kept\ngadget.example.com/kept\n");
        }
    }

    @Test
    void onlyAdministratorsActAsOthers() throws Exception {
        try (TestCluster cluster = new TestCluster(directory)) {
            assertThat(cluster.kubectl(
                                    "auth",
                                    "whoami",
                                    "--as=jane",
                                    "--as-group=devs",
                                    "-o",
                                    "jsonpath={.status.userInfo.username} {.status.userInfo.groups[0]}")
                            .quiet())
                    .isEqualTo("jane devs");
        }
    }
}
