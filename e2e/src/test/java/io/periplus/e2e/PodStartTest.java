package io.periplus.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A pod of the mesh has no moment without it: not with its first instruction, and not when a part of the mesh is away. */
class PodStartTest {
    private static final String NAMESPACE = "early";
    private static final int CONNECTIONS = 25;

    private final Cluster cluster = Lab.cluster1();

    @BeforeEach
    void prepare() {
        Sample.deploy(cluster);
        cluster.apply("""
                apiVersion: v1
                kind: Namespace
                metadata: {name: %s, labels: {istio.io/dataplane-mode: ambient}}
                ---
                apiVersion: v1
                kind: Namespace
                metadata: {name: outside}
                """.formatted(NAMESPACE));
        for (String namespace : new String[] {NAMESPACE, "outside"}) {
            cluster.kubectl("delete", "pods", "--all", "--now", "-n", namespace)
                    .run()
                    .succeeds();
        }
    }

    @Test
    void everyConnectionOfAPodIsProtectedFromItsFirstInstructionOn() throws IOException {
        cluster.apply("""
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: early-only, namespace: accounts}
                spec:
                  rules: [{from: [{source: {principals: [cluster.local/ns/%s/sa/default]}}]}]
                """.formatted(NAMESPACE));
        try (Plaintext plaintext = Plaintext.to(Lab.networkNamespace(cluster), addressOf("accounts"))) {
            start("hasty", NAMESPACE, CONNECTIONS);
            awaitEnd("hasty");
            assertThat(statuses("hasty"))
                    .as("of connections that only an identity lets in")
                    .allMatch("200"::equals);
            assertThat(plaintext.connections())
                    .as("packets that ask for a connection without TLS")
                    .isZero();

            // What is counted is counted: a pod outside the mesh goes there in plaintext, and is not let in.
            start("control", "outside", 1);
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(plaintext.connections()).isPositive());
        }
    }

    @Test
    void withoutTheAgentNoPodStartsAndSaysSoUntilTheAgentIsBack() {
        try (Away agent = Away.send(cluster, "istio-cni-node")) {
            start("without-agent", NAMESPACE, CONNECTIONS);
            awaitRefusal("without-agent", "is the pod istio-cni-node of this node running?");
            assertNothingRan("without-agent");
            agent.comeBack();
            awaitEnd("without-agent");
            assertThat(statuses("without-agent")).allMatch("200"::equals);
        }
    }

    @Test
    void withoutZtunnelAPodOfTheMeshDoesNotStartAndAnotherOneDoes() {
        try (Away ztunnel = Away.send(cluster, "ztunnel")) {
            start("without-ztunnel", NAMESPACE, CONNECTIONS);
            start("free", "outside", 1);
            awaitRefusal("without-ztunnel", "is the ztunnel pod of this node running?");
            assertNothingRan("without-ztunnel");
            awaitEnd("free", "outside");
            ztunnel.comeBack();
            awaitEnd("without-ztunnel");
            assertThat(statuses("without-ztunnel")).allMatch("200"::equals);
        }
    }

    /** A pod whose init container does nothing but open connections, from its first instruction on. */
    private void start(String name, String namespace, int connections) {
        cluster.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, namespace: %s}
                spec:
                  restartPolicy: Never
                  terminationGracePeriodSeconds: 0
                  initContainers:
                    - name: first
                      image: curlimages/curl:8.5.0
                      command: [sh, -c]
                      args:
                        - |
                          i=0
                          while [ $i -lt %d ]; do
                            i=$((i+1))
                            curl -s -o /dev/null --max-time 15 -w '%%{http_code}\\n' %s
                          done; true
                  containers:
                    - {name: main, image: curlimages/curl:8.5.0, command: ["true"]}
                """.formatted(name, namespace, connections, Sample.URL));
    }

    private void awaitEnd(String name) {
        awaitEnd(name, NAMESPACE);
    }

    private void awaitEnd(String name, String namespace) {
        cluster.kubectl(
                        "wait",
                        "--for=jsonpath={.status.phase}=Succeeded",
                        "pod/" + name,
                        "-n",
                        namespace,
                        "--timeout=50s")
                .within(Duration.ofSeconds(60))
                .run()
                .succeeds();
    }

    private String[] statuses(String name) {
        String[] lines = cluster.kubectl("logs", "-n", NAMESPACE, name, "-c", "first")
                .run()
                .succeeds()
                .out()
                .split("\n");
        assertThat(lines).hasSize(CONNECTIONS);
        return lines;
    }

    private void awaitRefusal(String pod, String reason) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> cluster.kubectl(
                                "get",
                                "events",
                                "-n",
                                NAMESPACE,
                                "--field-selector=reason=FailedCreatePodSandBox,involvedObject.name=" + pod,
                                "-o",
                                "jsonpath={.items[*].message}")
                        .run()
                        .succeeds()
                        .prints(reason));
    }

    private void assertNothingRan(String name) {
        assertThat(cluster.kubectl(
                                "get",
                                "pod",
                                name,
                                "-n",
                                NAMESPACE,
                                "-o",
                                "jsonpath={.status.phase} {.status.initContainerStatuses[*].state.running}"
                                        + "{.status.initContainerStatuses[*].state.terminated}")
                        .run()
                        .succeeds()
                        .out()
                        .strip())
                .isEqualTo("Pending");
    }

    private String addressOf(String app) {
        return cluster.kubectl("get", "pods", "-n", app, "-l", "app=" + app, "-o", "jsonpath={.items[0].status.podIP}")
                .run()
                .succeeds()
                .out();
    }

    /** Counts what a node forwards to a pod's own port, which of the mesh's traffic is nothing. */
    private record Plaintext(String node) implements AutoCloseable {
        static Plaintext to(String node, String address) {
            Plaintext plaintext = new Plaintext(node);
            plaintext.nft("""
                    table ip e2e-pod-start
                    delete table ip e2e-pod-start
                    table ip e2e-pod-start {
                      counter plaintext {}
                      chain forward {
                        type filter hook forward priority 0; policy accept;
                        ip daddr %s tcp dport 8080 tcp flags & (syn|ack) == syn counter name plaintext
                      }
                    }
                    """.formatted(address));
            return plaintext;
        }

        long connections() {
            String counter = Command.of("ip", "netns", "exec", node, "nft", "list", "counter", "ip", "e2e-pod-start")
                    .plus("plaintext")
                    .run()
                    .succeeds()
                    .out();
            return Long.parseLong(counter.replaceAll("(?s).*packets ([0-9]+).*", "$1"));
        }

        private void nft(String rules) {
            Command.of("ip", "netns", "exec", node, "nft", "-f", "-")
                    .input(rules)
                    .run()
                    .succeeds();
        }

        @Override
        public void close() {
            nft("delete table ip e2e-pod-start\n");
        }
    }

    /** A DaemonSet of the mesh that has no pod on any node, until it is closed at the latest. */
    private record Away(Cluster cluster, String daemonSet) implements AutoCloseable {
        private static final String NOWHERE = "{\"e2e.periplus.io/nowhere\":\"true\"}";

        static Away send(Cluster cluster, String daemonSet) {
            Away away = new Away(cluster, daemonSet);
            away.select(NOWHERE);
            cluster.kubectl("delete", "pods", "--now", "-n", "istio-system", "-l", "app=" + daemonSet)
                    .run()
                    .succeeds();
            return away;
        }

        void comeBack() {
            select("null");
            cluster.kubectl("rollout", "status", "daemonset/" + daemonSet, "-n", "istio-system", "--timeout=50s")
                    .run()
                    .succeeds();
        }

        private void select(String nodes) {
            cluster.kubectl("patch", "daemonset", daemonSet, "-n", "istio-system", "--type=merge", "-p")
                    .plus("{\"spec\":{\"template\":{\"spec\":{\"nodeSelector\":" + nodes + "}}}}")
                    .run()
                    .succeeds();
        }

        @Override
        public void close() {
            comeBack();
        }
    }
}
