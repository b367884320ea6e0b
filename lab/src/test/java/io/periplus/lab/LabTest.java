package io.periplus.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.periplus.lab.lifecycle.LabException;
import io.periplus.lab.lifecycle.LabOptions;
import io.periplus.lab.lifecycle.LabStatus;
import io.periplus.lab.lifecycle.NodeAction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The life of one lab, from its first start to its end. Needs root. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LabTest {
    /** Static, as it has to be there before all: fields of an instance are set only before each test. */
    @TempDir
    private static @Nullable Path temporary;

    private @Nullable Lab started;
    private String prefix = "";
    private HostState before = new HostState(Map.of());

    @BeforeAll
    void up() throws IOException, InterruptedException, LabException {
        assumeTrue("root".equals(System.getProperty("user.name")), "a lab needs root");
        prefix = HexFormat.of().toHexDigits(directory().toString().hashCode());
        before = HostState.now(prefix);
        started = lab(List.of(0, 0));
        assertThat(started.up(System.out::println)).isEqualTo(Lab.Started.NOW);
        started = lab(List.of());
    }

    private static Path directory() {
        return Objects.requireNonNull(temporary, "temporary directory").resolve("lab");
    }

    private Lab lab() {
        return Objects.requireNonNull(started, "lab");
    }

    @AfterAll
    void delete() throws LabException {
        if (started != null) {
            started.delete();
            assertThat(directory()).doesNotExist();
        }
    }

    @Test
    @Order(1)
    void both_clusters_are_ready() throws LabException {
        LabStatus status = Objects.requireNonNull(lab().status());
        assertThat(status.state()).isEqualTo(LabStatus.State.READY);
        assertThat(status.clusters()).extracting(LabStatus.Cluster::name).containsExactly("cluster1", "cluster2");
        assertThat(status.clusters())
                .allSatisfy(c -> assertThat(c.nodes())
                        .singleElement()
                        .satisfies(n -> assertThat(n.ready()).isTrue()));
        assertThat(status.memory().lab()).isPositive();
    }

    @Test
    @Order(2)
    void a_second_start_finds_the_lab_up() throws LabException {
        assertThat(lab().up(System.out::println)).isEqualTo(Lab.Started.BEFORE);
        Lab bigger = new Lab(lab().options().withNodes(List.of(2, 2)));
        assertThatExceptionOfType(LabException.class)
                .isThrownBy(() -> bigger.up(System.out::println))
                .withMessageContaining("periplus lab down");
    }

    @Test
    @Order(3)
    void the_sample_answers_in_each_cluster_under_the_same_name() throws Exception {
        for (String context : List.of("cluster1", "cluster2")) {
            kubectl(context).feed(sample("hello-from-" + context), "apply", "-f", "-");
        }
        for (String context : List.of("cluster1", "cluster2")) {
            rollout(context);
            answers(context, "hello-from-" + context);
        }
    }

    @Test
    @Order(4)
    void a_pod_of_one_cluster_cannot_reach_a_pod_of_the_other() throws Exception {
        String address = kubectl("cluster2")
                .run("get", "pod", "-n", "accounts", "-l", "app=accounts", "-o", "jsonpath={.items[0].status.podIP}");
        Kubectl.Result result = kubectl("cluster1")
                .attempt(
                        "",
                        "exec",
                        "-n",
                        "finance",
                        "deploy/curl",
                        "--",
                        "curl",
                        "-s",
                        "--max-time",
                        "2",
                        address + ":8080");
        assertThat(result.exitCode()).isNotZero();
        assertThat(result.output()).doesNotContain("hello");
    }

    @Test
    @Order(5)
    void a_restart_of_a_deployment_rolls_to_new_pods() throws Exception {
        kubectl("cluster1").run("rollout", "restart", "-n", "accounts", "deploy/accounts");
        rollout("cluster1");
        answers("cluster1", "hello-from-cluster1");
    }

    @Test
    @Order(6)
    void after_down_the_machine_is_as_before_and_up_brings_the_same_objects_back() throws Exception {
        String uid = uidOfDeployment();
        assertThat(lab().down()).isTrue();
        assertThat(lab().status()).isNull();
        machineIsAsBefore();
        assertThat(lab().down()).isFalse();
        Lab bigger = new Lab(lab().options().withNodes(List.of(2, 1)));
        assertThat(bigger.up(System.out::println)).isEqualTo(Lab.Started.NOW);
        assertThat(Objects.requireNonNull(lab().status()).clusters())
                .extracting(cluster -> cluster.nodes().size())
                .containsExactly(2, 1);
        assertThat(uidOfDeployment()).isEqualTo(uid);
        rollout("cluster1");
        answers("cluster1", "hello-from-cluster1");
    }

    @Test
    @Order(7)
    void a_node_is_stopped_and_started_by_its_name() throws LabException {
        LabStatus.Node node = lab().act("cluster1/cluster1-node2", NodeAction.STOP);
        assertThat(node.power()).isEqualTo(LabStatus.Power.OFF);
        assertThatExceptionOfType(LabException.class)
                .isThrownBy(() -> lab().act("cluster1-node2", NodeAction.PARTITION))
                .withMessageContaining("node start");
        node = lab().act("cluster1-node2", NodeAction.START);
        assertThat(node.power()).isEqualTo(LabStatus.Power.ON);
        assertThat(node.ready()).isTrue();
        assertThatExceptionOfType(LabException.class)
                .isThrownBy(() -> lab().act("cluster2/cluster1-node2", NodeAction.STOP))
                .withMessageContaining("no such node");
    }

    @Test
    @Order(8)
    void up_replaces_a_lab_process_that_was_killed() throws Exception {
        kill();
        assertThat(lab().up(System.out::println)).isEqualTo(Lab.Started.NOW);
        rollout("cluster2");
        answers("cluster2", "hello-from-cluster2");
    }

    @Test
    @Order(9)
    void down_cleans_up_after_a_lab_process_that_was_killed() throws Exception {
        kill();
        assertThat(lab().down()).isTrue();
        machineIsAsBefore();
    }

    private void kill() throws LabException {
        ProcessHandle process =
                ProcessHandle.of(Objects.requireNonNull(lab().status()).pid()).orElseThrow();
        process.destroyForcibly();
        process.onExit().join();
    }

    private void machineIsAsBefore() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(HostState.now(prefix)).isEqualTo(before));
    }

    private void rollout(String context) throws Exception {
        kubectl(context).run("rollout", "status", "-n", "accounts", "deploy/accounts", "--timeout=30s");
        kubectl(context).run("rollout", "status", "-n", "finance", "deploy/curl", "--timeout=30s");
    }

    private String curl(String context) throws Exception {
        return kubectl(context)
                .run(
                        "exec",
                        "-n",
                        "finance",
                        "deploy/curl",
                        "--",
                        "curl",
                        "-s",
                        "--max-time",
                        "1",
                        "accounts.accounts.svc.cluster.local:8080");
    }

    /** In the end: for a moment, the service's address may still lead to a pod that has just gone. */
    private void answers(String context, String text) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(curl(context)).contains(text));
    }

    private String uidOfDeployment() throws Exception {
        return kubectl("cluster1").run("get", "deploy", "-n", "accounts", "accounts", "-o", "jsonpath={.metadata.uid}");
    }

    private static String sample(String text) throws IOException {
        try (var in = Objects.requireNonNull(LabTest.class.getResourceAsStream("sample.yaml"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("TEXT", text);
        }
    }

    private Kubectl kubectl(String context) {
        return new Kubectl(lab().environment(), context);
    }

    private Lab lab(List<Integer> ports) {
        return new Lab(new LabOptions(directory(), ports, null, LabOptions.DEFAULT_TIMEOUT, List.of(), List.of()));
    }
}
