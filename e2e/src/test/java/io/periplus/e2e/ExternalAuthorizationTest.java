package io.periplus.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.periplus.e2e.authorizer.Authorizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An authorizer in a pod is asked, over HTTP and gRPC, by a waypoint and by a Gateway, as the mesh configuration says. */
class ExternalAuthorizationTest {
    private static final Cluster CLUSTER = Lab.cluster1();
    private static final String CLIENT = "authz-client";
    private static final String OTHER = "authz-other";
    private static final String IMAGE = "authorizer:1";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String WEB = "http://web.authz";
    private static final String BYTES = "http://bytes.authz";
    private static final String EDGE = "http://edge-istio.authz";
    private static final String ALLOW = "x-ext-authz: allow";
    private static final String PROVIDERS = """
            extensionProviders:
            - name: e2e-http
              envoyExtAuthzHttp:
                service: authorizer.authz-server.svc.cluster.local
                port: 8000
                timeout: 5s
                pathPrefix: /check
                includeRequestHeadersInCheck: [x-ext-authz]
                headersToDownstreamOnAllow: ["x-*"]
                headersToDownstreamOnDeny: [x-ext-authz-*]
            - name: e2e-grpc
              envoyExtAuthzGrpc:
                service: authz-server/authorizer.authz-server.svc.cluster.local
                port: 9000
                timeout: 5s
            """;

    private static String meshBefore = "";

    @BeforeAll
    static void deploy() throws IOException {
        Path jars = Command.REPOSITORY.resolve("distribution/target/periplus/lib");
        Path classes = Path.of("target/test-classes").toAbsolutePath();
        Lab.periplus(
                        "lab",
                        "image",
                        "add",
                        IMAGE,
                        "--env",
                        "JDK_JAVA_OPTIONS=-Xmx64m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -cp "
                                + classes + ":" + jars + "/*",
                        "--path",
                        classes.toString(),
                        "--path",
                        jars.toString(),
                        "--entrypoint",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        Authorizer.class.getName())
                .run()
                .succeeds();
        meshBefore = CLUSTER.kubectl("get", "configmap", "istio", "-n", "istio-system", "-o", "jsonpath={.data.mesh}")
                .run()
                .succeeds()
                .out();
        mesh(PROVIDERS);
        try (InputStream in = Objects.requireNonNull(
                ExternalAuthorizationTest.class.getResourceAsStream("/external-authorization.yaml"))) {
            CLUSTER.apply(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        Sample.client(CLUSTER, CLIENT, true);
        Sample.client(CLUSTER, OTHER, true);
        for (String namespace : List.of("authz", "authz-server")) {
            CLUSTER.kubectl("wait", "--for=condition=Available", "deploy", "--all", "-n", namespace, "--timeout=90s")
                    .within(Duration.ofSeconds(100))
                    .run()
                    .succeeds();
        }
        for (String gateway : List.of("waypoint", "edge")) {
            CLUSTER.kubectl(
                            "wait",
                            "--for=condition=Programmed",
                            "gateways.gateway.networking.k8s.io/" + gateway,
                            "-n",
                            "authz",
                            "--timeout=60s")
                    .within(Duration.ofSeconds(70))
                    .run()
                    .succeeds();
        }
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(status(WEB + "/http", ALLOW)).isEqualTo("200"));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(status(EDGE + "/open")).isEqualTo("200"));
    }

    @AfterAll
    static void remove() throws IOException {
        mesh("");
        CLUSTER.kubectl("delete", "namespace", "authz", "authz-server", CLIENT, OTHER, "--wait=false")
                .run()
                .succeeds();
    }

    /** The mesh configuration that the installation wrote, and more. */
    private static void mesh(String more) throws IOException {
        String text = meshBefore.stripTrailing() + "\n" + more;
        String patch = new ObjectMapper().writeValueAsString(Map.of("data", Map.of("mesh", text)));
        CLUSTER.kubectl("patch", "configmap", "istio", "-n", "istio-system", "--type=merge", "-p", patch)
                .run()
                .succeeds();
    }

    @Test
    void overHttpTheAuthorizerDecidesAndItsWordsReachTheClient() {
        assertThat(status(WEB + "/elsewhere")).isEqualTo("200");
        String denied = answer(WEB + "/http/a?b=c");
        assertThat(denied)
                .startsWith("http/1.1 403")
                .contains("x-ext-authz-check-result: denied")
                .doesNotContain("x-asked")
                .endsWith("denied by http");
        assertThat(answer(WEB + "/http/a?b=c", ALLOW))
                .startsWith("http/1.1 200")
                .contains("x-ext-authz-check-result: allowed")
                .contains("x-asked: get /check/http/a?b=c");
    }

    @Test
    void overGrpcItSeesWhoAsks() {
        assertThat(answer(WEB + "/grpc"))
                .startsWith("http/1.1 401")
                .contains("x-ext-authz-check-result: denied")
                .endsWith("denied by grpc");
        assertThat(answer(WEB + "/grpc", ALLOW))
                .startsWith("http/1.1 200")
                .contains("x-seen-client: spiffe://cluster.local/ns/authz-client/sa/default");
    }

    @Test
    void whatItAllowsOtherPoliciesMayStillDeny() {
        assertThat(answer(WEB + "/http/never", ALLOW))
                .startsWith("http/1.1 403")
                .endsWith("rbac: access denied");
    }

    @Test
    void gatewaysAskAsWaypointsDo() {
        assertThat(status(EDGE + "/open")).isEqualTo("200");
        assertThat(answer(EDGE + "/edge")).startsWith("http/1.1 401").endsWith("denied by grpc");
        assertThat(status(EDGE + "/edge", ALLOW)).isEqualTo("200");
    }

    @Test
    void connectionsAreAskedAboutWithoutARequest() {
        assertThat(status(BYTES + "/")).isEqualTo("200");
        assertThat(CLUSTER.curl(OTHER, "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "10", BYTES + "/")
                        .run()
                        .out())
                .isEqualTo("000");
    }

    @Test
    void policiesSayWhatBecomesOfTheirProvider() throws IOException {
        assertThat(condition("over-http")).isEqualTo("bound to authz/waypoint");
        mesh("");
        try {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(condition("over-http"))
                            .isEqualTo("bound to authz/waypoint. Extension provider \"e2e-http\" is not configured:"
                                    + " requests that match the rules are denied"));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(answer(WEB + "/http", ALLOW))
                            .startsWith("http/1.1 403")
                            .endsWith("rbac: access denied"));
            mesh("extensionProviders: {this is: [no YAML");
            mesh(PROVIDERS.replace("port: 8000", "port: 8001"));
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(condition("over-http")).contains("cannot be asked", "has no port 8001"));
        } finally {
            mesh(PROVIDERS);
        }
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(status(WEB + "/http", ALLOW)).isEqualTo("200"));
    }

    private static String condition(String policy) {
        return CLUSTER.kubectl(
                        "get",
                        "authorizationpolicy",
                        policy,
                        "-n",
                        "authz",
                        "-o",
                        "jsonpath={.status.conditions[?(@.type==\"WaypointAccepted\")].message}")
                .run()
                .succeeds()
                .out();
    }

    private static String status(String url, String... fields) {
        return CLUSTER.curl(CLIENT, "-o", "/dev/null", "-w", "%{http_code}")
                .plus(words(url, fields))
                .run()
                .out();
    }

    /** Head and body, in lower case. */
    private static String answer(String url, String... fields) {
        return CLUSTER.curl(CLIENT, "-i")
                .plus(words(url, fields))
                .run()
                .succeeds()
                .out()
                .strip()
                .toLowerCase(Locale.ROOT);
    }

    private static String[] words(String url, String... fields) {
        String[] words = new String[2 * fields.length + 3];
        for (int i = 0; i < fields.length; i++) {
            words[2 * i] = "-H";
            words[2 * i + 1] = fields[i];
        }
        words[words.length - 3] = "--max-time";
        words[words.length - 2] = "10";
        words[words.length - 1] = url;
        return words;
    }
}
