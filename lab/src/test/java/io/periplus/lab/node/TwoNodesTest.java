package io.periplus.lab.node;

import static io.periplus.lab.store.ResourceType.POD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.periplus.lab.apiserver.PodRuntime;
import io.periplus.lab.node.net.ClusterNetwork;
import io.periplus.lab.node.proxy.Routed;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Meta;
import io.periplus.lab.store.ResourceType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes of one cluster and the network between them. Needs root. */
class TwoNodesTest {
    private static final String CLUSTER =
            "two-nodes-test-" + ProcessHandle.current().pid();
    private static final int NUMBER = 98;

    @TempDir
    static Path directory;

    private static final MemoryStore STORE = new MemoryStore();
    private static final List<LabNode> NODES = new ArrayList<>();
    private static ClusterNetwork network;

    @BeforeAll
    static void start() throws IOException {
        network = ClusterNetwork.create(CLUSTER, NUMBER);
        List<NodeConfig> configs = List.of(
                NodeConfig.of(CLUSTER, NUMBER, 1, directory).withName("one"),
                NodeConfig.of(CLUSTER, NUMBER, 2, directory).withName("two"));
        Routed routed = new Routed();
        for (NodeConfig config : configs) {
            LabNode node = LabNode.create(
                    config,
                    STORE,
                    request -> new TokenSource.Token("token", Instant.now().plusSeconds(request.expirationSeconds())),
                    routed);
            NODES.add(node);
            network.connect(config, configs);
        }
        create(ResourceType.NAMESPACE, "metadata: {name: accounts}");
        for (LabNode node : NODES) {
            node.start();
            pod("echo-" + node.config().name(), node, """
                    - name: main
                      image: hashicorp/http-echo:1.0
                      args: [-text=%s, "-listen=:8080"]
                      readinessProbe: {httpGet: {path: /, port: 8080}}
                    """.formatted(
                            node.config().name()));
            pod(
                    "curl-" + node.config().name(),
                    node,
                    "- {name: main, image: \"curlimages/curl:8.5.0\", command: [sleep, infinity]}");
        }
        for (LabNode node : NODES) {
            ready("echo-" + node.config().name());
            ready("curl-" + node.config().name());
        }
    }

    @AfterAll
    static void stop() throws IOException {
        for (LabNode node : NODES) {
            node.close();
        }
        network.close();
        assertThat(NodeCleanup.isNeeded(CLUSTER)).isFalse();
    }

    @Test
    void podsReachPodsOfTheOtherNodeUnderTheirOwnAddresses() throws IOException {
        assertThat(curl("one", address("echo-two") + ":8080")).isEqualTo("two\n");
        assertThat(curl("two", address("echo-one") + ":8080")).isEqualTo("one\n");
        assertThat(address("echo-one")).startsWith("10.98.1.");
        assertThat(address("echo-two")).startsWith("10.98.2.");
    }

    @Test
    void aServiceLeadsToPodsOfEveryNodeFromEveryNode() throws IOException {
        service("web", "clusterIP: 10.96.7.1");
        for (String node : List.of("one", "two")) {
            assertThat(several(node, "10.96.7.1")).contains("one\n", "two\n");
        }
    }

    @Test
    void aServiceThatKeepsInternalTrafficLocalLeadsToPodsOfTheCallersNode() throws IOException {
        service("near", "clusterIP: 10.96.7.2, internalTrafficPolicy: Local");
        for (String node : List.of("one", "two")) {
            assertThat(several(node, "10.96.7.2")).containsOnly(node + "\n");
        }
    }

    @Test
    void aNodePortLeadsToPodsOfEveryNodeWhicheverNodeIsAsked() throws IOException {
        service("port", "type: NodePort, clusterIP: 10.96.7.3", "nodePort: 30080");
        for (String node : List.of("one", "two")) {
            for (LabNode asked : NODES) {
                assertThat(several(node, asked.config().address() + ":30080")).contains("one\n", "two\n");
            }
        }
    }

    @Test
    void aNodePortThatKeepsExternalTrafficLocalDoesSoForCallersFromElsewhere() throws IOException {
        service("edge", "type: NodePort, clusterIP: 10.96.7.4, externalTrafficPolicy: Local", "nodePort: 30081");
        assertThat(several("one", "10.98.0.2:30081")).containsOnly("two\n");
        assertThat(several("one", "10.98.0.1:30081")).contains("one\n", "two\n");
    }

    @Test
    void aPartitionStopsEverythingBetweenNodesUntilItEnds() throws IOException {
        NodeConfig two = NODES.getLast().config();
        network.isolate(two);
        try {
            assertThat(curl("one", address("echo-two") + ":8080")).isEmpty();
            assertThat(curl("two", address("echo-one") + ":8080")).isEmpty();
            assertThat(curl("two", address("echo-two") + ":8080")).isEqualTo("two\n");
        } finally {
            network.rejoin(two);
        }
        assertThat(curl("one", address("echo-two") + ":8080")).isEqualTo("two\n");
    }

    private static List<String> several(String node, String address) throws IOException {
        await().atMost(Duration.ofSeconds(5)).until(() -> !curl(node, address).isEmpty());
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            answers.add(curl(node, address));
        }
        return answers;
    }

    /** A Service of both echoes at port 80. */
    private static void service(String name, String spec, String... ofPort) {
        create(ResourceType.SERVICE, """
                metadata: {name: %s, namespace: accounts}
                spec: {%s, ports: [{port: 80, %s}]}
                """.formatted(name, spec, String.join(", ", ofPort)));
        create(ResourceType.ENDPOINT_SLICE, """
                metadata: {name: %1$s-1, namespace: accounts, labels: {kubernetes.io/service-name: %1$s}}
                addressType: IPv4
                ports: [{port: 8080, name: ""}]
                endpoints:
                - {addresses: [%2$s], nodeName: one, conditions: {ready: true}}
                - {addresses: [%3$s], nodeName: two, conditions: {ready: true}}
                """.formatted(name, address("echo-one"), address("echo-two")));
    }

    private static void pod(String name, LabNode node, String containers) {
        create(POD, """
                metadata: {name: %s, namespace: accounts}
                spec:
                  nodeName: %s
                  containers:
                """.formatted(name, node.config().name()) + containers.indent(2));
    }

    private static ObjectNode create(ResourceType type, String yaml) {
        try {
            ObjectNode object = (ObjectNode) new YAMLMapper().readTree(yaml);
            return STORE.create(
                    type, object.put("apiVersion", type.apiVersion()).put("kind", type.kind()));
        } catch (IOException e) {
            throw new IllegalArgumentException(yaml, e);
        }
    }

    private static ObjectNode ready(String pod) {
        Predicate<ObjectNode> ready = NodeFixture::isReady;
        return await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> STORE.get(POD, "accounts", pod), object -> object != null && ready.test(object));
    }

    private static String address(String pod) {
        return Json.text(ready(pod), "status", "podIP");
    }

    /** What curl in a pod of a node prints; empty when nobody answers. */
    private static String curl(String node, String url) throws IOException {
        ObjectNode pod = ready("curl-" + node);
        LabNode where = NODES.stream()
                .filter(each -> each.config().name().equals(node))
                .findFirst()
                .orElseThrow();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        where.runtime()
                .exec(
                        new PodRuntime.ContainerRef(
                                "accounts", Objects.requireNonNull(Meta.name(pod)), Meta.uid(pod), "main"),
                        new PodRuntime.ExecRequest(List.of("curl", "-s", "-m", "3", url), null, out, null, null));
        return out.toString(StandardCharsets.UTF_8);
    }
}
