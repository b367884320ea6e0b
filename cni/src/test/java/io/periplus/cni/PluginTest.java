package io.periplus.cni;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The plugin as container runtimes call it (CNI 1.1), with an agent that answers as told. */
class PluginTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String RESULT =
            "{ \"cniVersion\" : \"1.0.0\",\"interfaces\":[{\"name\":\"eth0\",\"sandbox\":\"/run/netns/cni-1\"}], \"ips\":"
                    + "[{\"address\":\"10.1.1.5/20\",\"gateway\":\"10.1.0.1\",\"interface\":0},{\"address\":\"fd00::5/64\"}]}";

    private final Plugin plugin = Plugin.shipped();
    private Path directory;

    @BeforeEach
    void makeDirectory() throws IOException {
        // A socket's path has 107 bytes at most, which JUnit's own directories come near to.
        directory = Files.createTempDirectory("cni");
    }

    @AfterEach
    void removeDirectory() throws IOException {
        Files.deleteIfExists(directory.resolve("pluginevent.sock"));
        Files.delete(directory);
    }

    @Test
    void aPodThatTheAgentTakesStartsAndTheResultIsPassedOnAsItWas() throws Exception {
        try (TestAgent agent = new TestAgent(directory, TestAgent.http("200 OK", ""))) {
            Plugin.Outcome outcome = plugin.run(add("finance"), conf("1.0.0", RESULT));
            assertThat(outcome.output()).isEqualTo(RESULT + "\n");
            assertThat(outcome.status()).isZero();
            String request = agent.requests.take();
            assertThat(request).startsWith("POST /cmdadd HTTP/1.1\r\nHost: unix\r\nContent-Type: application/json\r\n");
            assertThat(JSON.readTree(request.substring(request.indexOf("\r\n\r\n"))))
                    .isEqualTo(JSON.readTree("""
                            {"Netns": "/run/netns/cni-1", "PodName": "curl-1", "PodNamespace": "finance", "PodUID": "u-1", "IPs": [
                              {"Interface": 0, "Address": {"IP": "10.1.1.5", "Mask": "///wAA=="}, "Gateway": "10.1.0.1"},
                              {"Interface": null, "Address": {"IP": "fd00::5", "Mask": "//////////8AAAAAAAAAAA=="}, "Gateway": ""}]}
                            """));
        }
    }

    @Test
    void aPodThatTheAgentRefusesDoesNotStartAndSaysWhy() throws Exception {
        String refusal = "no ztunnel is connected";
        try (TestAgent agent = new TestAgent(directory, TestAgent.http("500 Internal Server Error", refusal + "\n"))) {
            Plugin.Outcome outcome = plugin.run(add("finance"), conf("1.1.0", RESULT));
            assertThat(outcome.status()).isEqualTo(1);
            assertThat(outcome.json().path("cniVersion").asText()).isEqualTo("1.1.0");
            assertThat(outcome.json().path("code").asInt()).isEqualTo(11);
            assertThat(outcome.json().path("msg").asText()).contains("finance/curl-1");
            assertThat(outcome.json().path("details").asText())
                    .isEqualTo("the node agent refused (500): no ztunnel is connected");
            assertThat(agent.requests).hasSize(1);
        }
    }

    @Test
    void withoutAnAgentNoPodStartsExceptInExcludedNamespaces() throws Exception {
        Plugin.Outcome refused = plugin.run(add("finance"), conf("1.0.0", RESULT));
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.json().path("details").asText())
                .contains(directory + "/pluginevent.sock")
                .contains("istio-cni-node");
        assertThat(plugin.run(add("kube-system"), conf("1.0.0", RESULT)).output())
                .isEqualTo(RESULT + "\n");
    }

    @Test
    void anAgentThatIsBeingReplacedIsWaitedFor() throws Exception {
        var start = java.util.concurrent.CompletableFuture.supplyAsync(() -> {
            try {
                return plugin.run(add("finance"), conf("1.0.0", RESULT));
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(start).isNotCompletedExceptionally();
        try (TestAgent agent = new TestAgent(directory, TestAgent.http("200 OK", ""))) {
            assertThat(start.get().output()).isEqualTo(RESULT + "\n");
            assertThat(agent.requests).hasSize(1);
        }
    }

    @Test
    void anAgentThatDoesNotAnswerHoldsAPodUpForFiveSecondsAtMost() throws Exception {
        try (TestAgent agent = new TestAgent(directory, "")) {
            long before = System.nanoTime();
            Plugin.Outcome outcome = plugin.run(add("finance"), conf("1.0.0", RESULT));
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofSeconds(4));
            assertThat(outcome.status()).isEqualTo(1);
            assertThat(outcome.json().path("details").asText()).contains("did not answer in time");
            assertThat(agent.requests).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"x", "HTTP/1.1", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 2", "200", "\r\n\r\nHTTP/1.1 200 OK"})
    void whatIsNoAnswerLetsNoPodStart(String answer) throws Exception {
        try (TestAgent agent = new TestAgent(directory, answer)) {
            Plugin.Outcome outcome = plugin.run(add("finance"), conf("1.0.0", RESULT));
            assertThat(outcome.status()).isEqualTo(1);
            assertThat(outcome.json().path("code").asInt()).isEqualTo(11);
            assertThat(agent.requests).hasSize(1);
        }
    }

    @Test
    void aContainerThatIsNoPodIsNobodysBusiness() throws Exception {
        Map<String, String> environment = add("finance");
        environment.remove("CNI_ARGS");
        assertThat(plugin.run(environment, conf("1.0.0", RESULT)).output()).isEqualTo(RESULT + "\n");
    }

    @Test
    void theOtherCommandsDoNothing() throws Exception {
        for (String command : new String[] {"DEL", "CHECK", "GC", "STATUS"}) {
            Plugin.Outcome outcome = plugin.run(Map.of("CNI_COMMAND", command), conf("1.1.0", RESULT));
            assertThat(outcome.status()).as(command).isZero();
            assertThat(outcome.output()).as(command).isEmpty();
        }
    }

    @Test
    void itSaysWhichVersionsItKnows() throws Exception {
        JsonNode version = plugin.run(Map.of("CNI_COMMAND", "VERSION"), "{\"cniVersion\":\"1.0.0\"}")
                .json();
        assertThat(version.path("cniVersion").asText()).isEqualTo("1.0.0");
        assertThat(version.path("supportedVersions").toString()).contains("\"1.0.0\"", "\"1.1.0\"");
    }

    @Test
    void whatIsWrongIsSaidAsTheSpecificationWants() throws Exception {
        assertThat(plugin.run(add("finance"), conf("0.2.0", RESULT))
                        .json()
                        .path("code")
                        .asInt())
                .isEqualTo(1);
        assertThat(plugin.run(Map.of("CNI_COMMAND", "DANCE"), "")
                        .json()
                        .path("code")
                        .asInt())
                .isEqualTo(4);
        assertThat(plugin.run(add("finance"), "{\"cniVersion\":")
                        .json()
                        .path("code")
                        .asInt())
                .isEqualTo(6);
        Map<String, String> environment = add("finance");
        environment.put("CNI_ARGS", "K8S_POD_NAMESPACE=finance;K8S_POD_NAME=" + "a".repeat(254));
        assertThat(plugin.run(environment, conf("1.0.0", RESULT))
                        .json()
                        .path("code")
                        .asInt())
                .isEqualTo(4);
    }

    private static Map<String, String> add(String namespace) {
        return new HashMap<>(Map.of(
                "CNI_COMMAND",
                "ADD",
                "CNI_CONTAINERID",
                "c1",
                "CNI_NETNS",
                "/run/netns/cni-1",
                "CNI_IFNAME",
                "eth0",
                "CNI_ARGS",
                "IgnoreUnknown=1;K8S_POD_NAMESPACE=%s;K8S_POD_NAME=curl-1;K8S_POD_INFRA_CONTAINER_ID=c1;K8S_POD_UID=u-1"
                        .formatted(namespace)));
    }

    private String conf(String version, String result) {
        return """
                {"cniVersion": "%s", "name": "k8s-pod-network", "type": "istio-cni", "cni_agent_run_dir": "%s",
                 "exclude_namespaces": ["istio-cni", "kube-system"], "prevResult": %s}
                """.formatted(version, directory, result);
    }
}
