package io.periplus.lab.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ResourceType;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pods on a real node, as their users see them. Needs root. */
class LabNodeTest {
    @TempDir
    static Path directory;

    static NodeFixture lab;

    @BeforeAll
    static void start() throws IOException {
        lab = new NodeFixture(directory);
    }

    @AfterAll
    static void stop() throws IOException {
        lab.close();
        assertThat(NodeCleanup.isNeeded(lab.config.cluster())).isFalse();
    }

    @Test
    void aPodRunsQuicklyUntilItIsDeleted() {
        long before = System.nanoTime();
        lab.apply("""
                kind: Pod
                metadata: {name: idle}
                spec:
                  containers:
                  - {name: curl, image: "curlimages/curl:8.5.0", command: [sleep, infinity]}
                """);
        ObjectNode pod = lab.awaitReady("idle");
        System.out.println("ready after " + (System.nanoTime() - before) / 1_000_000 + " ms");
        assertThat(Json.text(pod, "status", "phase")).isEqualTo("Running");
        assertThat(Json.text(pod, "status", "podIP")).startsWith("10.99.1.");

        lab.store.delete(ResourceType.POD, "accounts", "idle", null, null);
        await().atMost(Duration.ofSeconds(5)).until(() -> lab.pod("idle") == null);
    }

    @Test
    void aServiceNameLeadsToItsPods() throws IOException {
        lab.apply("""
                kind: Pod
                metadata: {name: echo, labels: {app: echo}}
                spec:
                  containers:
                  - name: echo
                    image: hashicorp/http-echo:1.0
                    args: [-text=hello, "-listen=:8080"]
                    readinessProbe: {httpGet: {path: /, port: 8080}}
                """);
        ObjectNode echo = lab.awaitReady("echo");
        lab.apply("""
                kind: Service
                metadata: {name: echo}
                spec: {clusterIP: 10.96.7.7, ports: [{port: 80}]}
                """);
        lab.apply("""
                kind: EndpointSlice
                metadata: {name: echo-1, labels: {kubernetes.io/service-name: echo}}
                addressType: IPv4
                ports: [{port: 8080, name: ""}]
                endpoints: [{addresses: [%s], conditions: {ready: true}}]
                """.formatted(Json.text(echo, "status", "podIP")));
        lab.apply("""
                kind: Pod
                metadata: {name: client}
                spec:
                  restartPolicy: Never
                  containers:
                  - name: curl
                    image: curlimages/curl:8.5.0
                    args: [curl, -s, --retry, "5", --retry-connrefused, http://echo]
                """);
        ObjectNode client = lab.awaitPod(
                "client", pod -> Json.text(pod, "status", "phase").equals("Succeeded"));
        assertThat(lab.log(client, "curl")).isEqualTo("hello\n");
    }
}
