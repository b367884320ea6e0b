package io.periplus.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample gateway at the edge of the mesh, spoken to from the host by its load balancer's address. */
class GatewayTest {
    private static final Cluster CLUSTER = Lab.cluster1();

    @TempDir
    static Path authority;

    private static String address = "";

    @BeforeAll
    static void deploy() {
        CLUSTER.kubectl("apply", "-f", "samples/gateway/shop.yaml").run().succeeds();
        certificate("shop-cert", "shop.example.com", "*.shop.example.com");
        CLUSTER.kubectl("wait", "--for=condition=Available", "deploy", "--all", "-n", "shop", "--timeout=120s")
                .within(Duration.ofSeconds(130))
                .run()
                .succeeds();
        awaitProgrammed("shop");
        address = path("gateway/shop", "{.status.addresses[0].value}");
    }

    @AfterAll
    static void remove() {
        CLUSTER.kubectl("delete", "namespace", "shop", "--wait=false").run().succeeds();
    }

    @Test
    void itsAddressIsThatOfItsLoadBalancer() {
        assertThat(path("service/shop-istio", "{.status.loadBalancer.ingress[0].ip}"))
                .isEqualTo(address)
                .startsWith("127.101.");
        assertThat(CLUSTER.kubectl("get", "gateway", "-n", "shop", "--no-headers")
                        .run()
                        .succeeds()
                        .out())
                .matches("(?s)shop\\s+istio\\s+\\Q" + address + "\\E\\s+True\\s+.*");
    }

    @Test
    void theHostNameChoosesTheRoute() {
        awaitBody("front page", "http://shop.example.com/");
        awaitBody("books", "http://books.shop.example.com/");
        awaitBody("front page", "http://toys.shop.example.com/");
        assertThat(status("http://unknown.example.com/")).isEqualTo("404");
    }

    @Test
    void httpsIsServedWithTheCertificateOfTheSecret() {
        awaitBody("books", "https://books.shop.example.com/");
        awaitBody("front page", "https://toys.shop.example.com/");
        assertThat(curl("https://shop.example.com/").exit())
                .as("no listener has this name: the handshake fails")
                .isNotZero();
    }

    @Test
    void aNewCertificateIsServedWithoutARestart() {
        awaitBody("books", "https://books.shop.example.com/");
        String before = serial();
        certificate("shop-cert", "shop.example.com", "*.shop.example.com");
        await().atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(serial()).isNotEmpty().isNotEqualTo(before));
        awaitBody("books", "https://books.shop.example.com/");
    }

    @Test
    void withoutTheSecretTheListenerIsClosedAndSaysSoAndHttpGoesOn() {
        CLUSTER.apply(SECOND.formatted("second", "8443", "second-cert", "second.example.com"));
        awaitReason("https", "InvalidCertificateRef");
        certificate("second-cert", "second.example.com");
        awaitProgrammed("second");
        awaitBody("front page", "https://second.example.com:8443/");
        CLUSTER.kubectl("delete", "secret", "second-cert", "-n", "shop").run().succeeds();
        await().atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(
                                curl("https://second.example.com:8443/").exit())
                        .isNotZero());
        awaitReason("https", "InvalidCertificateRef");
        awaitBody("front page", "http://shop.example.com/");
        CLUSTER.kubectl("delete", "gateway,httproute", "second", "-n", "shop")
                .run()
                .succeeds();
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(CLUSTER.kubectl("get", "service", "second-istio", "-n", "shop")
                                .run()
                                .exit())
                        .as("the Service goes with its Gateway")
                        .isNotZero());
    }

    @Test
    void tlsPassesThroughUntouchedToTheBackendThatItsNameChooses() {
        // The books' own gateway ends TLS; in front of it one passes it through.
        CLUSTER.apply(PASSTHROUGH);
        awaitProgrammed("passing");
        String passing = path("gateway/passing", "{.status.addresses[0].value}");
        await().atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(curlAt(passing, "https://books.shop.example.com:9443/")
                                .out())
                        .isEqualTo("books\n"));
        assertThat(curlAt(passing, "https://other.shop.example.com:9443/").exit())
                .isNotZero();
        CLUSTER.kubectl("delete", "gateway,tlsroute", "passing", "-n", "shop")
                .run()
                .succeeds();
    }

    @Test
    void aPolicyForTheGatewayIsJudgedAtTheGateway() {
        awaitBody("books", "http://books.shop.example.com/");
        CLUSTER.apply("""
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: no-secrets, namespace: shop}
                spec:
                  targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: shop}]
                  action: DENY
                  rules: [{to: [{operation: {paths: [/secret]}}]}]
                """);
        await().atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(status("http://books.shop.example.com/secret"))
                        .isEqualTo("403"));
        assertThat(status("http://books.shop.example.com/")).isEqualTo("200");
        assertThat(path(
                        "authorizationpolicy/no-secrets",
                        "{.status.conditions[?(@.type==\"WaypointAccepted\")].status}"))
                .isEqualTo("True");
        CLUSTER.kubectl("delete", "authorizationpolicy", "no-secrets", "-n", "shop")
                .run()
                .succeeds();
    }

    @Test
    void aBackendIsSpokenToOverTlsAsItsPolicySays() {
        // The shop's own HTTPS listener is the backend of another gateway.
        CLUSTER.kubectl(
                        "create",
                        "configmap",
                        "authority",
                        "-n",
                        "shop",
                        "--from-file=ca.crt=" + authority.resolve("ca.crt"))
                .run()
                .succeeds();
        CLUSTER.apply(ENCRYPTING.formatted("authority"));
        awaitProgrammed("encrypting");
        String encrypting = path("gateway/encrypting", "{.status.addresses[0].value}");
        await().atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(curlAt(encrypting, "http://books.shop.example.com:8081/")
                                .out())
                        .isEqualTo("books\n"));
        assertThat(path("backendtlspolicy/encrypting", ANCESTOR_REASONS)).isEqualTo("Accepted ResolvedRefs ");

        CLUSTER.apply(ENCRYPTING.formatted("nobody"));
        await().atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(curlAt(
                                        encrypting,
                                        "http://books.shop.example.com:8081/",
                                        "-o",
                                        "/dev/null",
                                        "-w",
                                        "%{http_code}")
                                .out())
                        .as("whoever cannot be verified is not spoken to")
                        .isEqualTo("503"));
        assertThat(path("backendtlspolicy/encrypting", ANCESTOR_REASONS))
                .isEqualTo("NoValidCACertificate InvalidCACertificateRef ");
        CLUSTER.kubectl("delete", "gateway,httproute,backendtlspolicy", "encrypting", "-n", "shop")
                .run()
                .succeeds();
        CLUSTER.kubectl("delete", "configmap", "authority", "-n", "shop").run().succeeds();
    }

    private static final String ANCESTOR_REASONS =
            "{range .status.ancestors[?(@.ancestorRef.name==\"encrypting\")].conditions[*]}{.reason} {end}";

    private static final String ENCRYPTING = """
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: encrypting, namespace: shop}
            spec:
              gatewayClassName: istio
              listeners:
                - {name: http, port: 8081, protocol: HTTP}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: encrypting, namespace: shop}
            spec:
              parentRefs: [{name: encrypting}]
              rules:
                - backendRefs: [{name: shop-istio, port: 443}]
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: BackendTLSPolicy
            metadata: {name: encrypting, namespace: shop}
            spec:
              targetRefs: [{group: '', kind: Service, name: shop-istio, sectionName: https}]
              validation:
                hostname: books.shop.example.com
                caCertificateRefs: [{group: '', kind: ConfigMap, name: %s}]
            """;

    private static final String SECOND = """
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: %1$s, namespace: shop}
            spec:
              gatewayClassName: istio
              listeners:
                - name: https
                  port: %2$s
                  protocol: HTTPS
                  tls: {certificateRefs: [{name: %3$s}]}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: %1$s, namespace: shop}
            spec:
              parentRefs: [{name: %1$s}]
              hostnames: [%4$s]
              rules:
                - backendRefs: [{name: front, port: 80}]
            """;

    private static final String PASSTHROUGH = """
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: passing, namespace: shop}
            spec:
              gatewayClassName: istio
              listeners:
                - {name: tls, port: 9443, protocol: TLS, tls: {mode: Passthrough}}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: TLSRoute
            metadata: {name: passing, namespace: shop}
            spec:
              parentRefs: [{name: passing}]
              hostnames: [books.shop.example.com]
              rules:
                - backendRefs: [{name: shop-istio, port: 443}]
            """;

    private static void certificate(String secret, String... names) {
        List<String> words = new ArrayList<>(List.of("shop", secret));
        words.addAll(List.of(names));
        CLUSTER.apply(Command.of("samples/gateway/certificate.sh")
                .plus(words.toArray(String[]::new))
                .environment(Map.of("PERIPLUS_CA_DIR", authority.toString()))
                .run()
                .succeeds()
                .out());
    }

    // A proxy starts within seconds; a machine that does much else needs more.
    private static void awaitProgrammed(String gateway) {
        CLUSTER.kubectl("wait", "--for=condition=Programmed", "gateway/" + gateway, "-n", "shop", "--timeout=120s")
                .within(Duration.ofSeconds(130))
                .run()
                .succeeds();
    }

    private static String path(String object, String path) {
        return CLUSTER.kubectl("get", object, "-n", "shop", "-o", "jsonpath=" + path)
                .run()
                .succeeds()
                .out();
    }

    private static void awaitBody(String body, String url) {
        await().atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(curl(url).out()).isEqualTo(body + "\n"));
    }

    private static void awaitReason(String listener, String reason) {
        await().atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(path(
                                "gateway/second",
                                "{.status.listeners[?(@.name==\"" + listener
                                        + "\")].conditions[?(@.type==\"ResolvedRefs\")].reason}"))
                        .isEqualTo(reason));
    }

    private static String status(String url) {
        return curl(url, "-o", "/dev/null", "-w", "%{http_code}").out();
    }

    private static String serial() {
        return curl("https://books.shop.example.com/", "-o", "/dev/null", "-w", "%{certs}")
                .out();
    }

    private static Command.Result curl(String url, String... words) {
        String host = url.substring(url.indexOf("//") + 2).replaceFirst("[:/].*", "");
        String at =
                host.equals("second.example.com") ? path("gateway/second", "{.status.addresses[0].value}") : address;
        return curlAt(at, url, words);
    }

    private static Command.Result curlAt(String at, String url, String... words) {
        String host = url.substring(url.indexOf("//") + 2).replaceFirst("/.*", "");
        String name = host.replaceFirst(":.*", "");
        String port =
                host.contains(":") ? host.substring(host.indexOf(':') + 1) : url.startsWith("https:") ? "443" : "80";
        return Command.of("curl", "-s", "--max-time", "5", "--resolve", name + ":" + port + ":" + at)
                .plus("--cacert", authority.resolve("ca.crt").toString())
                .plus(words)
                .plus(url)
                .run();
    }
}
