package io.periplus.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * A cluster of two nodes: traffic between them, pods that move, a partition, and the loss of a node. The client, and istiod,
 * are on the node that stays; the tests end with the other one gone.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NodesTest {
    /** HTTP/2 pings: every 10 s, each waited for 20 s; and time for a busy machine. */
    private static final Duration PING_BOUND = Duration.ofSeconds(45);

    private static Lab lab;
    private static Cluster cluster;
    private static String stays;
    private static String other;

    @BeforeAll
    static void up() {
        lab = Lab.own("nodes-lab", "--nodes", "2,1");
        cluster = lab.cluster("cluster1");
        stays = nodeOf("istio-system", "app=istiod");
        other = List.of(cluster.kubectl("get", "nodes", "-o", "jsonpath={.items[*].metadata.name}")
                        .run()
                        .succeeds()
                        .out()
                        .split(" "))
                .stream()
                .filter(node -> !node.equals(stays))
                .findFirst()
                .orElseThrow();
        Sample.deploy(cluster);
        Sample.client(cluster, "strangers", true);
        for (String namespace : List.of("finance", "strangers")) {
            cluster.kubectl("patch", "deploy/curl", "-n", namespace, "-p", """
                    {"spec": {"template": {"spec": {"nodeSelector": {"kubernetes.io/hostname": "%s"}}}}}
                    """.formatted(stays))
                    .run()
                    .succeeds();
            cluster.kubectl("rollout", "status", "deploy/curl", "-n", namespace, "--timeout=60s")
                    .within(Duration.ofSeconds(70))
                    .run()
                    .succeeds();
        }
        cluster.kubectl("patch", "deploy/accounts", "-n", "accounts", "-p", """
                spec:
                  replicas: 2
                  template:
                    spec:
                      containers:
                      - name: accounts
                        env: [{name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}]
                        args: [-listen=:8080, -text=$(NODE)]
                        readinessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 1, timeoutSeconds: 5}
                """)
                .run()
                .succeeds();
        cluster.apply("""
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: finance-only, namespace: accounts}
                spec:
                  action: ALLOW
                  rules: [{from: [{source: {namespaces: [finance]}}]}]
                """);
        awaitReplicas();
    }

    @AfterAll
    static void delete() {
        if (lab != null) {
            lab.delete();
        }
    }

    @Test
    @Order(1)
    void bothReportersNameBothIdentitiesOfTrafficBetweenNodes() {
        String address = addressOn(other) + ":8080";
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(get("finance", address)).isEqualTo("200"));
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            for (String node : List.of(stays, other)) {
                assertThat(accessLog(node))
                        .as("access log on %s", node)
                        .anySatisfy(line -> assertThat(line)
                                .contains("src.identity=\"spiffe://cluster.local/ns/finance/sa/curl\"")
                                .contains("dst.identity=\"spiffe://cluster.local/ns/accounts/sa/accounts\"")
                                .contains("direction=\"" + (node.equals(stays) ? "outbound" : "inbound") + "\""));
            }
        });
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(get("strangers", address)).isEqualTo("000"));
    }

    @Test
    @Order(2)
    void aServiceMayPreferOrRequireTheNodeOfItsClient() {
        for (String near : List.of("trafficDistribution: PreferSameNode", "internalTrafficPolicy: Local")) {
            assertThat(answers()).as("without %s", near).contains(stays, other);
            patchService(near);
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(answers()).as(near).containsOnly(stays));
            patchService("trafficDistribution: null, internalTrafficPolicy: Cluster");
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(
                            () -> assertThat(answers()).as("without %s", near).contains(other));
        }
    }

    @Test
    @Order(3)
    void noRequestFailsWhileANodeIsDrainedAndItsPodMoves() throws IOException {
        try (RequestLoop requests = RequestLoop.start(cluster, "finance", "GET")) {
            await().until(() -> requests.answers().size() > 10);
            cluster.kubectl("drain", other, "--ignore-daemonsets", "--timeout=60s")
                    .within(Duration.ofSeconds(70))
                    .run()
                    .succeeds();
            cluster.kubectl("rollout", "status", "deploy/accounts", "-n", "accounts", "--timeout=60s")
                    .within(Duration.ofSeconds(70))
                    .run()
                    .succeeds();
            assertThat(nodesOfReplicas()).containsExactly(stays, stays);
            cluster.kubectl("uncordon", other).run().succeeds();
            cluster.kubectl("rollout", "restart", "deploy/accounts", "-n", "accounts")
                    .run()
                    .succeeds();
            awaitReplicas();
            int moved = requests.answers().size();
            await().until(() -> requests.answers().size() > moved + 10);
            assertThat(requests.otherThan("200")).isEmpty();
        }
    }

    @Test
    @Order(4)
    void aPartitionStopsTrafficBetweenNodesAndItsEndBringsBackWhatIsAllowed() {
        String address = addressOn(other) + ":8080";
        assertThat(get("finance", address)).isEqualTo("200");
        lab.command("lab", "node", "partition", "cluster1/" + other).run().succeeds();
        assertThat(get("finance", address)).isEqualTo("000");
        assertThat(get("finance", addressOn(stays) + ":8080")).isEqualTo("200");
        lab.command("lab", "node", "partition", "cluster1/" + other, "--heal")
                .run()
                .succeeds();
        await().atMost(PING_BOUND)
                .untilAsserted(() -> assertThat(get("finance", address)).isEqualTo("200"));
        assertThat(get("strangers", address)).isEqualTo("000");
    }

    @Test
    @Order(5)
    void connectionsToALostNodeEndAndNewOnesGoToTheOther() throws Exception {
        String address = addressOn(other);
        assertThat(get("finance", address + ":8080")).isEqualTo("200");
        Process open = cluster.kubectl(
                        "exec",
                        "-n",
                        "finance",
                        "deploy/curl",
                        "--",
                        "bash",
                        "-c",
                        "exec 3<>/dev/tcp/" + address + "/8080; cat <&3")
                .start();
        await().atMost(Duration.ofSeconds(10)).until(() -> connections(address) == 1);
        assertThat(open.isAlive()).isTrue();

        lab.command("lab", "node", "stop", "cluster1/" + other).run().succeeds();

        assertThat(open.waitFor(PING_BOUND.toSeconds(), TimeUnit.SECONDS))
                .as("the connection has ended")
                .isTrue();
        cluster.kubectl("wait", "--for=condition=Ready=Unknown", "node/" + other, "--timeout=30s")
                .run()
                .succeeds();
        for (int i = 0; i < 10; i++) {
            assertThat(get("finance", Sample.URL)).isEqualTo("200");
        }

        lab.command("lab", "node", "start", "cluster1/" + other).run().succeeds();
        cluster.kubectl("wait", "--for=condition=Ready", "node/" + other, "--timeout=30s")
                .run()
                .succeeds();
        awaitReplicas();
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() ->
                        assertThat(get("finance", addressOn(other) + ":8080")).isEqualTo("200"));
        assertThat(get("strangers", addressOn(other) + ":8080")).isEqualTo("000");
    }

    private static void patchService(String spec) {
        cluster.kubectl("patch", "service/accounts", "-n", "accounts", "-p", "spec: {" + spec + "}")
                .run()
                .succeeds();
    }

    /** The nodes that answer a dozen requests, each on a connection of its own. */
    private static List<String> answers() {
        return cluster.curl("finance", "--max-time", "4", "-H", "Connection: close", "http://" + Sample.URL + "/[1-12]")
                .run()
                .succeeds()
                .out()
                .lines()
                .toList();
    }

    /** One replica on each node, both ready. */
    private static void awaitReplicas() {
        cluster.kubectl("rollout", "status", "deploy/accounts", "-n", "accounts", "--timeout=60s")
                .within(Duration.ofSeconds(70))
                .run()
                .succeeds();
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(nodesOfReplicas()).containsExactlyInAnyOrder(stays, other));
    }

    private static List<String> nodesOfReplicas() {
        return cluster.kubectl("get", "pods", "-n", "accounts", "-l", "app=accounts", "--no-headers", "-o", "wide")
                .run()
                .succeeds()
                .out()
                .lines()
                .filter(line -> line.contains("Running"))
                .map(line -> line.contains(" " + other + " ") ? other : stays)
                .toList();
    }

    private static String nodeOf(String namespace, String selector) {
        return cluster.kubectl(
                        "get", "pods", "-n", namespace, "-l", selector, "-o", "jsonpath={.items[0].spec.nodeName}")
                .run()
                .succeeds()
                .out();
    }

    private static String addressOn(String node) {
        return cluster.kubectl(
                        "get",
                        "pods",
                        "-n",
                        "accounts",
                        "-l",
                        "app=accounts",
                        "--field-selector=spec.nodeName=" + node,
                        "-o",
                        "jsonpath={.items[0].status.podIP}")
                .run()
                .succeeds()
                .out();
    }

    private static List<String> accessLog(String node) {
        String ztunnel = cluster.kubectl(
                        "get",
                        "pods",
                        "-n",
                        "istio-system",
                        "-l",
                        "app=ztunnel",
                        "--field-selector=spec.nodeName=" + node,
                        "-o",
                        "jsonpath={.items[0].metadata.name}")
                .run()
                .succeeds()
                .out();
        return cluster.kubectl("logs", "-n", "istio-system", ztunnel)
                .run()
                .succeeds()
                .out()
                .lines()
                .filter(line -> line.contains("connection complete"))
                .toList();
    }

    /** How many connections the client has to an address, as its kernel says. */
    private static long connections(String address) {
        StringBuilder hex = new StringBuilder();
        for (String part : address.split("\\.")) {
            hex.insert(0, "%02X".formatted(Integer.parseInt(part)));
        }
        return cluster.kubectl("exec", "-n", "finance", "deploy/curl", "--", "cat", "/proc/net/tcp")
                .run()
                .succeeds()
                .out()
                .lines()
                .filter(line -> line.contains(" " + hex + ":1F90 01 "))
                .count();
    }

    /** The HTTP status of one request; {@code 000} when there was no answer within some seconds. */
    private static String get(String namespace, String address) {
        return cluster.curl(namespace, "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "4", address)
                .run()
                .out();
    }
}
