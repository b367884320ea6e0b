package io.periplus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a neighbour on the node's bridge could read. */
class WireTest {
    private final Cluster cluster = Lab.cluster1();

    @Test
    void onlyTlsToPort15008PassesBetweenPods(@TempDir Path folder) throws Exception {
        Sample.deploy(cluster);
        Path capture = folder.resolve("bridge.pcap");
        String secret = "nobody-on-the-wire-may-read-this";
        Process tcpdump = new ProcessBuilder(
                        "ip",
                        "netns",
                        "exec",
                        nodeNamespace(),
                        "tcpdump",
                        "-Z",
                        "root",
                        "-i",
                        "any",
                        "-U",
                        "-w",
                        capture.toString(),
                        "tcp")
                .redirectErrorStream(true)
                .start();
        try {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> Files.exists(capture) && Files.size(capture) > 0);
            cluster.curl("finance", "--max-time", "10", "-H", "x-secret: " + secret, Sample.URL)
                    .run()
                    .succeeds()
                    .prints(cluster.greeting());
            String pods = podAddresses();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .untilAsserted(
                            () -> assertThat(packets(capture, "port 15008")).isNotBlank());
            assertThat(packets(capture, "tcp port 8080 and host " + pods.split(" ")[0])
                            .lines()
                            .filter(line -> !line.contains("169.254.7.127")))
                    .as("packets to the application port in clear, other than the kubelet's probes")
                    .isEmpty();
        } finally {
            tcpdump.destroy();
            tcpdump.waitFor(10, TimeUnit.SECONDS);
        }
        assertThat(new String(Files.readAllBytes(capture), StandardCharsets.ISO_8859_1))
                .doesNotContain(secret)
                .doesNotContain(cluster.greeting());
    }

    private static String packets(Path capture, String filter) {
        return Command.of("tcpdump", "-Z", "root", "-nn", "-r", capture.toString(), filter)
                .run()
                .succeeds()
                .out();
    }

    private String podAddresses() {
        return cluster.kubectl("get", "pods", "-n", "accounts", "-o", "jsonpath={.items[*].status.podIP}")
                .run()
                .succeeds()
                .out();
    }

    private String nodeNamespace() throws Exception {
        JsonNode status = new ObjectMapper()
                .readTree(Lab.periplus("lab", "status", "-o", "json")
                        .run()
                        .succeeds()
                        .out());
        for (JsonNode entry : status.path("clusters")) {
            if (entry.path("name").asText().equals(cluster.name())) {
                return entry.path("nodes").path(0).path("networkNamespace").asText();
            }
        }
        throw new AssertionError("no cluster " + cluster.name() + " in " + status);
    }
}
