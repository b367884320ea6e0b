package io.periplus.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tokens sample, and keys that the control plane fetches from a server in the cluster. */
class TokensTest {
    private static final Cluster CLUSTER = Lab.clusters().skip(1).findFirst().orElseThrow();
    private static final String CLIENT = "shop-client";
    private static final String URL = "http://shop.shop.svc.cluster.local";
    private static final String REFRESH = "PILOT_JWT_PUB_KEY_REFRESH_INTERVAL";
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    static Path keys;

    @BeforeAll
    static void deploy() {
        CLUSTER.kubectl("apply", "-f", "samples/tokens/shop.yaml").run().succeeds();
        for (String namespace : List.of("shop", CLIENT)) {
            CLUSTER.kubectl("wait", "--for=condition=Available", "deploy", "--all", "-n", namespace, "--timeout=60s")
                    .within(Duration.ofSeconds(70))
                    .run()
                    .succeeds();
        }
        CLUSTER.kubectl("wait", "--for=condition=istio.io/WaypointBound", "service/shop", "-n", "shop", "--timeout=30s")
                .run()
                .succeeds();
    }

    @AfterAll
    static void remove() {
        refresh(REFRESH + "-");
        CLUSTER.kubectl("delete", "namespace", "shop", CLIENT, "issuer", "--ignore-not-found", "--wait=false")
                .run()
                .succeeds();
    }

    @Test
    void theSampleAcceptsItsIssuersTokensAndThePolicyAsksForOne() {
        CLUSTER.apply(issuer("first", "policy"));
        awaitAnswer(
                "401", "Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections", "nonsense");
        awaitAnswer("200", "shop\n", "");
        awaitAnswer("200", "shop\n", token("first", "bob"));
        awaitAnswer("401", "Jwt verification fails", token("first", "bob").replaceAll("\\.[^.]*$", ".AAAA"));
        awaitAnswer("401", "Jwks doesn't have key to match kid or alg from Jwt", token("stranger", "bob"));

        CLUSTER.kubectl("apply", "-f", "samples/tokens/require-staff.yaml")
                .run()
                .succeeds();
        awaitAnswer("403", "RBAC: access denied", "");
        awaitAnswer("403", "RBAC: access denied", token("first", "bob"));
        awaitAnswer("200", "shop\n", token("first", "alice", "staff"));
        assertThat(condition("accepted")).isEqualTo("True Accepted bound to shop/waypoint");
        CLUSTER.kubectl("delete", "requestauthentication,authorizationpolicy", "--all", "-n", "shop")
                .run()
                .succeeds();
        awaitAnswer("200", "shop\n", "nonsense");
    }

    @Test
    void keysAreFetchedFollowedWhenTheyRotateAndKeptWhileTheirServerIsAway() {
        refresh(REFRESH + "=1s");
        serveKeys("one");
        CLUSTER.apply("""
                apiVersion: security.istio.io/v1beta1
                kind: RequestAuthentication
                metadata: {name: fetched, namespace: shop}
                spec:
                  targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: waypoint}]
                  jwtRules:
                    - issuer: https://issuer.example.com
                      jwksUri: http://keys.issuer.svc.cluster.local/jwks.json
                """);
        awaitAnswer("401", "Jwks doesn't have key to match kid or alg from Jwt", token("two", "alice"));
        awaitAnswer("200", "shop\n", token("one", "alice"));

        serveKeys("two");
        awaitAnswer("200", "shop\n", token("two", "alice"));
        awaitAnswer("401", "Jwks doesn't have key to match kid or alg from Jwt", token("one", "alice"));

        CLUSTER.kubectl("delete", "namespace", "issuer").run().succeeds();
        awaitAnswer("200", "shop\n", token("two", "alice"));
        // A control plane that never saw the keys does not take them away from those who have them.
        CLUSTER.kubectl("rollout", "restart", "deploy/istiod", "-n", "istio-system")
                .run()
                .succeeds();
        rolledOut();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(condition("fetched"))
                        .startsWith("True KeysUnavailable bound to shop/waypoint. Every token is refused: "
                                + "http://keys.issuer.svc.cluster.local/jwks.json: "));
        awaitAnswer("200", "shop\n", token("two", "alice"));
        awaitAnswer("401", "Jwks doesn't have key to match kid or alg from Jwt", token("one", "alice"));
        CLUSTER.kubectl("delete", "requestauthentication", "fetched", "-n", "shop")
                .run()
                .succeeds();
    }

    private static void serveKeys(String key) {
        CLUSTER.apply("""
                apiVersion: v1
                kind: Namespace
                metadata: {name: issuer}
                ---
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: keys, namespace: issuer}
                spec:
                  selector: {matchLabels: {app: keys}}
                  template:
                    metadata: {labels: {app: keys}}
                    spec:
                      terminationGracePeriodSeconds: 1
                      containers:
                        - name: keys
                          image: hashicorp/http-echo:1.0
                          args: [-listen=:8080, '-text=%s']
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: keys, namespace: issuer}
                spec:
                  selector: {app: keys}
                  ports: [{name: http, port: 80, targetPort: 8080}]
                """.formatted(issuer(key, "jwks").strip()));
        CLUSTER.kubectl("rollout", "status", "deploy/keys", "-n", "issuer", "--timeout=60s")
                .within(Duration.ofSeconds(70))
                .run()
                .succeeds();
    }

    private static void refresh(String setting) {
        CLUSTER.kubectl("set", "env", "deploy/istiod", "-n", "istio-system", setting)
                .run()
                .succeeds();
        rolledOut();
    }

    private static void rolledOut() {
        CLUSTER.kubectl("rollout", "status", "deploy/istiod", "-n", "istio-system", "--timeout=60s")
                .within(Duration.ofSeconds(70))
                .run()
                .succeeds();
    }

    private static String condition(String policy) {
        return CLUSTER.kubectl(
                        "get",
                        "requestauthentication",
                        policy,
                        "-n",
                        "shop",
                        "-o",
                        "jsonpath={range .status.conditions[?(@.type==\"WaypointAccepted\")]}{.status} {.reason} {.message}{end}")
                .run()
                .succeeds()
                .out();
    }

    private static void awaitAnswer(String status, String body, String token) {
        await().atMost(SOON).untilAsserted(() -> assertThat(answer(token)).isEqualTo(status + " " + body));
    }

    // With an empty token: without one.
    private static String answer(String token) {
        String header = token.isEmpty() ? "x-none: x" : "authorization: Bearer " + token;
        String out = CLUSTER.curl(CLIENT, "--max-time", "10", "-H", header, "-w", "|%{http_code}", URL)
                .run()
                .succeeds()
                .out();
        int end = out.lastIndexOf('|');
        return out.substring(end + 1) + " " + out.substring(0, end);
    }

    private static String token(String key, String... subjectAndGroup) {
        String[] words = new String[subjectAndGroup.length + 1];
        words[0] = "token";
        System.arraycopy(subjectAndGroup, 0, words, 1, subjectAndGroup.length);
        return issuer(key, words).strip();
    }

    private static String issuer(String key, String... words) {
        return Command.of("samples/tokens/token.sh")
                .plus(words)
                .environment(Map.of("PERIPLUS_TOKEN_DIR", keys.toString(), "PERIPLUS_TOKEN_KEY", key))
                .run()
                .succeeds()
                .out();
    }
}
