package io.periplus.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hosts that nobody knows but ServiceEntries: a pod asks for them by name and reaches them, through a waypoint if so bound. */
class ServiceEntryTest {
    private static final Cluster CLUSTER = Lab.cluster1();
    private static final String CLIENT = "egress-client";
    private static final String STRANGER = "egress-stranger";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Where the address of the server's pod is not known before it runs. */
    private static final String BY_ADDRESS = """
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: by-address, namespace: outside}
            spec:
              hosts: [by-address.example.com, "*.wild.example.com"]
              addresses: [240.200.0.1]
              ports: [{name: http, number: 80, protocol: HTTP, targetPort: 8080}]
              resolution: STATIC
              endpoints: [{address: %1$s}]
            ---
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: guarded-address, namespace: egress, labels: {istio.io/use-waypoint: waypoint}}
            spec:
              hosts: [guarded-address.example.com]
              ports: [{name: http, number: 80, protocol: HTTP, targetPort: 8080}]
              resolution: STATIC
              endpoints: [{address: %1$s}]
            """;

    @BeforeAll
    static void deploy() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(ServiceEntryTest.class.getResourceAsStream("/service-entries.yaml"))) {
            CLUSTER.apply(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        Sample.client(CLUSTER, CLIENT, true);
        Sample.client(CLUSTER, STRANGER, true);
        CLUSTER.kubectl("wait", "--for=condition=Available", "deploy", "--all", "-n", "outside", "--timeout=60s")
                .within(Duration.ofSeconds(70))
                .run()
                .succeeds();
        String pod = CLUSTER.kubectl("get", "pods", "-n", "outside", "-o", "jsonpath={.items[0].status.podIP}")
                .run()
                .succeeds()
                .out();
        CLUSTER.apply(BY_ADDRESS.formatted(pod));
        CLUSTER.kubectl("wait", "--for=condition=Programmed", "gateway/waypoint", "-n", "egress", "--timeout=60s")
                .within(Duration.ofSeconds(70))
                .run()
                .succeeds();
        for (String entry : new String[] {"guarded-name", "guarded-address"}) {
            CLUSTER.kubectl(
                            "wait",
                            "--for=condition=istio.io/WaypointBound",
                            "serviceentry/" + entry,
                            "-n",
                            "egress",
                            "--timeout=60s")
                    .within(Duration.ofSeconds(70))
                    .run()
                    .succeeds();
        }
    }

    @AfterAll
    static void remove() {
        CLUSTER.kubectl("delete", "namespace", "outside", "egress", CLIENT, STRANGER, "--wait=false")
                .run()
                .succeeds();
    }

    @ParameterizedTest
    @ValueSource(strings = {"by-name.example.com", "by-address.example.com", "a.wild.example.com"})
    void aHostIsReachedByTheNameThatOnlyTheMeshKnows(String host) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(get(CLIENT, host).out()).contains("HTTP/1.1 200", "outside"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"guarded-name.example.com", "guarded-address.example.com"})
    void anEgressWaypointRoutesAndJudges(String host) {
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(get(CLIENT, host).out()).contains("HTTP/1.1 200", "x-way: egress", "outside"));
        assertThat(CLUSTER.curl(CLIENT, "-i", "-m", "10", "-X", "POST", "http://" + host + "/")
                        .run()
                        .out())
                .contains("HTTP/1.1 403", "RBAC: access denied");
        assertThat(get(STRANGER, host).out()).contains("HTTP/1.1 403", "RBAC: access denied");
    }

    @Test
    void aHostWithoutAddressesHasOneThatWasAllocated() {
        String addresses = CLUSTER.kubectl(
                        "get",
                        "serviceentry",
                        "by-name",
                        "-n",
                        "outside",
                        "-o",
                        "jsonpath={.status.addresses[*].value}")
                .run()
                .succeeds()
                .out();

        assertThat(addresses).contains("240.240.", "2001:2:");
        assertThat(CLUSTER.curl(
                                CLIENT,
                                "-m",
                                "10",
                                "-o",
                                "/dev/null",
                                "-w",
                                "%{remote_ip}",
                                "http://by-name.example.com/")
                        .run()
                        .out())
                .isIn((Object[]) addresses.split(" "));
    }

    @Test
    void aPodThatOptsOutAsksTheClustersDnsAsBefore() {
        Sample.client(CLUSTER, "egress-plain", true);
        CLUSTER.kubectl(
                        "patch",
                        "deploy",
                        "curl",
                        "-n",
                        "egress-plain",
                        "-p",
                        "{\"spec\":{\"template\":{\"metadata\":{\"annotations\":{\"ambient.istio.io/dns-capture\":\"false\"}}}}}")
                .run()
                .succeeds();
        CLUSTER.kubectl("rollout", "status", "deploy/curl", "-n", "egress-plain", "--timeout=60s")
                .run()
                .succeeds();

        assertThat(get("egress-plain", "by-name.example.com").exit())
                .as("could not resolve host")
                .isEqualTo(6);
        assertThat(CLUSTER.curl("egress-plain", "-m", "10", "http://api.outside:8080/")
                        .run()
                        .out())
                .contains("outside");
        CLUSTER.kubectl("delete", "namespace", "egress-plain", "--wait=false")
                .run()
                .succeeds();
    }

    private static Command.Result get(String namespace, String host) {
        return CLUSTER.curl(namespace, "-i", "-m", "10", "http://" + host + "/").run();
    }
}
