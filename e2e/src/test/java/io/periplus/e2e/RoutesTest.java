package io.periplus.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One route with many rules, at a Service behind a waypoint and at a Gateway: both do with a request what the rule says. */
class RoutesTest {
    private static final Cluster CLUSTER = Lab.cluster1();
    private static final String CLIENT = "routes-client";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private enum At {
        SERVICE("http://web.routes"),
        GATEWAY("http://edge-istio.routes");

        private final String url;

        At(String url) {
            this.url = url;
        }
    }

    @BeforeAll
    static void deploy() throws IOException {
        try (InputStream in = Objects.requireNonNull(RoutesTest.class.getResourceAsStream("/routes.yaml"))) {
            CLUSTER.apply(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        Sample.client(CLUSTER, CLIENT, true);
        CLUSTER.kubectl("wait", "--for=condition=Available", "deploy", "--all", "-n", "routes", "--timeout=60s")
                .within(Duration.ofSeconds(70))
                .run()
                .succeeds();
        for (String gateway : List.of("waypoint", "edge")) {
            CLUSTER.kubectl(
                            "wait",
                            "--for=condition=Programmed",
                            "gateways.gateway.networking.k8s.io/" + gateway,
                            "-n",
                            "routes",
                            "--timeout=60s")
                    .within(Duration.ofSeconds(70))
                    .run()
                    .succeeds();
        }
        for (At at : At.values()) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(body(at, "/exact")).isEqualTo("v2"));
        }
    }

    @AfterAll
    static void remove() {
        CLUSTER.kubectl("delete", "namespace", "routes", CLIENT, "--wait=false")
                .run()
                .succeeds();
    }

    @Test
    void bothParentsSayWhatCannotBeApplied() {
        String status = CLUSTER.kubectl(
                        "get",
                        "httproute",
                        "all",
                        "-n",
                        "routes",
                        "-o",
                        "jsonpath={range .status.parents[*]}{.conditions[*].reason} {end}")
                .run()
                .succeeds()
                .out();
        assertThat(status.strip()).isEqualTo("Accepted BackendNotFound ResolvedWaypoints Accepted BackendNotFound");
        assertThat(CLUSTER.kubectl(
                                "get",
                                "gateways.gateway.networking.k8s.io",
                                "edge",
                                "-n",
                                "routes",
                                "-o",
                                "jsonpath={.status.listeners[0].attachedRoutes}")
                        .run()
                        .succeeds()
                        .out())
                .isEqualTo("1");
    }

    @ParameterizedTest
    @EnumSource(At.class)
    void requestsAreMatched(At at) {
        assertThat(status(at, "/exact/")).isEqualTo("404");
        assertThat(body(at, "/prefix/deeper?x=y")).isEqualTo("v2");
        assertThat(status(at, "/prefixed")).isEqualTo("404");
        assertThat(body(at, "/re12?q=1", "-H", "X-A: 1")).isEqualTo("v2");
        assertThat(status(at, "/re12?q=2", "-H", "X-A: 1")).isEqualTo("404");
        assertThat(status(at, "/re12?q=1")).isEqualTo("404");
        assertThat(status(at, "/re12?q=1", "-H", "X-A: 1", "-X", "POST")).isEqualTo("404");
    }

    @ParameterizedTest
    @EnumSource(At.class)
    void filtersAreApplied(At at) {
        assertThat(heads(at, "/headers")).contains("x-route: seen").doesNotContain("x-app-name");
        assertThat(curl(at, "/moved/a?b=c", "-o", "/dev/null", "-w", "%{http_code} %{redirect_url}"))
                .isEqualTo("301 https://new.test/to/a?b=c");
        assertThat(heads(
                        at,
                        "/cors",
                        "-X",
                        "OPTIONS",
                        "-H",
                        "Origin: https://x.a.test",
                        "-H",
                        "Access-Control-Request-Method: PUT"))
                .contains("access-control-allow-origin: https://x.a.test")
                .contains("access-control-allow-methods: ")
                .contains("put");
        assertThat(status(at, "/extension")).isEqualTo("500");
    }

    @ParameterizedTest
    @EnumSource(At.class)
    void backendsGetTheirShares(At at) {
        assertThat(IntStream.range(0, 5).mapToObj(i -> body(at, "/weights"))).containsOnly("v2");
        assertThat(IntStream.range(0, 12).mapToObj(i -> status(at, "/half"))).contains("200", "500");
        assertThat(status(at, "/empty")).isEqualTo("500");
        String jar = "/tmp/jar-" + at;
        assertThat(IntStream.range(0, 6)
                        .mapToObj(i -> body(at, "/session", "-b", jar, "-c", jar))
                        .distinct())
                .hasSize(1);
    }

    @Test
    void whatTheRouteDoesNotNameGoesItsOwnWay() {
        assertThat(CLUSTER.curl(CLIENT, "--max-time", "10", "http://web.routes:81/anything")
                        .run()
                        .succeeds()
                        .out()
                        .strip())
                .isEqualTo("v1");
        assertThat(CLUSTER.curl(
                                CLIENT,
                                "-o",
                                "/dev/null",
                                "-w",
                                "%{http_code}",
                                "-H",
                                "Host: other.routes.test",
                                At.GATEWAY.url + "/exact")
                        .run()
                        .succeeds()
                        .out())
                .isEqualTo("404");
    }

    private static String body(At at, String path, String... options) {
        return curl(at, path, options).strip();
    }

    private static String status(At at, String path, String... options) {
        return CLUSTER.curl(CLIENT, "-o", "/dev/null", "-w", "%{http_code}")
                .plus(request(at, path, options))
                .run()
                .succeeds()
                .out();
    }

    private static String heads(At at, String path, String... options) {
        return CLUSTER.curl(CLIENT, "-o", "/dev/null", "-D", "-")
                .plus(request(at, path, options))
                .run()
                .succeeds()
                .out()
                .toLowerCase(Locale.ROOT);
    }

    private static String curl(At at, String path, String... options) {
        return CLUSTER.curl(CLIENT)
                .plus(request(at, path, options))
                .run()
                .succeeds()
                .out();
    }

    private static String[] request(At at, String path, String... options) {
        String[] words = Arrays.copyOf(options, options.length + 5);
        List<String> always = List.of("--max-time", "10", "-H", "Host: www.routes.test", at.url + path);
        for (int i = 0; i < always.size(); i++) {
            words[options.length + i] = always.get(i);
        }
        return words;
    }
}
