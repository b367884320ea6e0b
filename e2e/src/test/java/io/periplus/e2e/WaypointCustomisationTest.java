package io.periplus.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What users can say about the objects of a waypoint, and two waypoints that share a service's connections. */
class WaypointCustomisationTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private final Cluster cluster = Lab.cluster1();

    @BeforeEach
    void sample() {
        Sample.deploy(cluster);
    }

    @AfterEach
    void tidy() {
        cluster.kubectl(
                        "label",
                        "service",
                        "accounts",
                        "-n",
                        "accounts",
                        "istio.io/use-waypoint-",
                        "istio.io/use-waypoint-canary-")
                .run()
                .succeeds();
        cluster.kubectl("annotate", "service", "accounts", "-n", "accounts", "istio.io/use-waypoint-canary-weight-")
                .run()
                .succeeds();
        cluster.kubectl("delete", "gateways,configmaps", "-n", "accounts", "-l", "test=customisation")
                .run()
                .succeeds();
        cluster.kubectl("delete", "configmaps", "-n", "istio-system", "-l", "test=customisation")
                .run()
                .succeeds();
        Sample.reset(cluster);
    }

    @Test
    void overlaysOfTheClassAndOfTheGatewayShapeTheObjects() {
        cluster.apply("""
                apiVersion: v1
                kind: ConfigMap
                metadata:
                  name: waypoint-defaults
                  namespace: istio-system
                  labels: {gateway.istio.io/defaults-for-class: istio-waypoint, test: customisation}
                data:
                  deployment: |
                    spec: {template: {metadata: {annotations: {from: class}}}}
                ---
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: own, namespace: accounts, labels: {test: customisation}}
                data:
                  horizontalPodAutoscaler: |
                    spec: {minReplicas: 2, maxReplicas: 3}
                  podDisruptionBudget: |
                    spec: {minAvailable: 1}
                  serviceAccount: |
                    metadata: {annotations: {role: reader}}
                """);
        gateway("waypoint", """
                  infrastructure:
                    labels: {team: a}
                    parametersRef: {group: "", kind: ConfigMap, name: own}
                """);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(get("deploy", "waypoint", "{.status.readyReplicas}"))
                        .isEqualTo("2"));
        assertThat(get("deploy", "waypoint", "{.spec.template.metadata.annotations.from}"))
                .isEqualTo("class");
        assertThat(get("deploy", "waypoint", "{.metadata.labels.team}")).isEqualTo("a");
        assertThat(get("sa", "waypoint", "{.metadata.annotations.role}")).isEqualTo("reader");
        assertThat(get("pdb", "waypoint", "{.spec.minAvailable}")).isEqualTo("1");
        assertThat(get("gateway", "waypoint", "{.metadata.annotations.gateway\\.istio\\.io/controller-version}"))
                .isEqualTo("5");
        requestsReach(List.of("waypoint", "waypoint"));

        cluster.kubectl("patch", "gateway", "waypoint", "-n", "accounts", "--type=json")
                .plus("-p", "[{\"op\": \"remove\", \"path\": \"/spec/infrastructure/parametersRef\"}]")
                .run()
                .succeeds();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(get("sa", "waypoint", "{.metadata.annotations.role}"))
                        .as("what is no longer wished for is given up")
                        .isEmpty());
    }

    @Test
    void whatCannotBeAppliedIsSaidInTheGatewaysStatus() {
        cluster.apply("""
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: own, namespace: accounts, labels: {test: customisation}}
                data:
                  deployment: |
                    metadata: {name: other}
                """);
        gateway("waypoint", """
                  infrastructure:
                    parametersRef: {group: "", kind: ConfigMap, name: own}
                """);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(accepted("waypoint"))
                        .contains("ConfigMap accounts/own key \"deployment\": illegal metadata change"));
    }

    @Test
    void aForeignObjectOfTheWantedNameIsLeftAloneAndNamed() {
        gateway("accounts", "");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(
                                get("gateway", "accounts", "{.status.conditions[?(@.type==\"Programmed\")].message}"))
                        .contains("there is a ServiceAccount accounts/accounts that was not made for a Gateway"));
    }

    @Test
    void aCanaryTakesItsShareOfTheConnections() {
        gateway("waypoint", "");
        gateway("canary", "");
        for (String name : List.of("waypoint", "canary")) {
            cluster.kubectl("wait", "--for=condition=Programmed", "gateway/" + name, "-n", "accounts", "--timeout=60s")
                    .within(SOON.plusSeconds(5))
                    .run()
                    .succeeds();
        }
        cluster.kubectl("annotate", "service", "accounts", "-n", "accounts", "istio.io/use-waypoint-canary-weight=50")
                .run()
                .succeeds();
        cluster.kubectl(
                        "label",
                        "service",
                        "accounts",
                        "-n",
                        "accounts",
                        "istio.io/use-waypoint=waypoint",
                        "istio.io/use-waypoint-canary=canary")
                .run()
                .succeeds();
        requestsReach(List.of("canary", "waypoint"));
        cluster.kubectl(
                        "annotate",
                        "--overwrite",
                        "service",
                        "accounts",
                        "-n",
                        "accounts",
                        "istio.io/use-waypoint-canary-weight=half")
                .run()
                .succeeds();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(get(
                                "service",
                                "accounts",
                                "{.status.conditions[?(@.type==\"istio.io/WaypointBound\")].message}"))
                        .contains("Successfully attached to waypoint accounts/waypoint")
                        .contains("Canary waypoint not attached"));
        cluster.istioctl("waypoint", "list", "-n", "accounts")
                .run()
                .succeeds()
                .prints("canary")
                .prints("waypoint");
    }

    private void gateway(String name, String infrastructure) {
        cluster.apply("""
                apiVersion: gateway.networking.k8s.io/v1
                kind: Gateway
                metadata: {name: %s, namespace: accounts, labels: {test: customisation}}
                spec:
                  gatewayClassName: istio-waypoint
                  listeners: [{name: mesh, port: 15008, protocol: HBONE}]
                %s
                """.formatted(name, infrastructure));
        if (!name.equals("accounts")) {
            cluster.kubectl(
                            "label",
                            "--overwrite",
                            "service",
                            "accounts",
                            "-n",
                            "accounts",
                            "istio.io/use-waypoint=waypoint")
                    .run()
                    .succeeds();
        }
    }

    /** Requests are made until each of these waypoints' pods, by the names of their Gateways, has counted some. */
    private void requestsReach(List<String> gateways) {
        await().atMost(SOON).untilAsserted(() -> {
            cluster.curl("finance", "-o", "/dev/null", "--max-time", "5", Sample.URL + "/?[1-20]", "--no-keepalive")
                    .run();
            for (int i = 0; i < 10; i++) {
                assertThat(cluster.status("finance", "GET")).isEqualTo("200");
            }
            List<String> served = pods().stream().filter(this::hasServed).toList();
            assertThat(served.stream()
                            .map(pod -> pod.substring(0, pod.indexOf('-')))
                            .sorted()
                            .toList())
                    .isEqualTo(gateways);
        });
    }

    private List<String> pods() {
        return cluster.kubectl(
                        "get",
                        "pods",
                        "-n",
                        "accounts",
                        "-l",
                        "gateway.istio.io/managed=istio.io-mesh-controller",
                        "-o",
                        "jsonpath={range .items[*]}{.metadata.name}{\"\\n\"}{end}")
                .run()
                .succeeds()
                .out()
                .lines()
                .toList();
    }

    private boolean hasServed(String pod) {
        String address = get("pod", pod, "{.status.podIP}");
        return cluster.curl("finance", "--max-time", "5", address + ":15020/stats/prometheus")
                .run()
                .out()
                .contains("istio_requests_total{");
    }

    private String accepted(String gateway) {
        return get("gateway", gateway, "{.status.conditions[?(@.type==\"Accepted\")].message}");
    }

    private String get(String kind, String name, String path) {
        return cluster.kubectl("get", kind, name, "-n", "accounts", "-o", "jsonpath=" + path)
                .run()
                .succeeds()
                .out();
    }
}
