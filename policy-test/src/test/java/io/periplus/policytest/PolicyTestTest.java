package io.periplus.policytest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole files in, verdicts, explanations and exit codes out. */
class PolicyTestTest {
    private static final String SERVICE = """
            apiVersion: v1
            kind: Service
            metadata: {name: accounts, namespace: accounts}
            spec:
              selector: {app: accounts}
              ports: [{port: 8080, targetPort: http}]
            ---
            """;
    private static final String WAYPOINT = """
            apiVersion: v1
            kind: Namespace
            metadata: {name: accounts, labels: {istio.io/use-waypoint: waypoint}}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: waypoint, namespace: accounts}
            spec:
              gatewayClassName: istio-waypoint
              listeners: [{name: mesh, port: 15008, protocol: HBONE}]
            ---
            """;
    private static final String FROM_FINANCE = """
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: from-finance, namespace: accounts}
            spec:
              rules: [{from: [{source: {namespaces: [finance]}}]}]
            ---
            """;
    private static final String GET_ONLY = """
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: get-only, namespace: accounts}
            spec:
              targetRefs: [{kind: Service, group: "", name: accounts}]
              rules:
                - from: [{source: {namespaces: [finance]}}]
                  to: [{operation: {methods: [GET]}}]
            ---
            """;

    private static final String TOKENS = """
            apiVersion: security.istio.io/v1
            kind: RequestAuthentication
            metadata: {name: accepted, namespace: accounts}
            spec:
              targetRefs: [{kind: Service, group: "", name: accounts}]
              jwtRules:
                - {issuer: "https://me.example.com", outputClaimToHeaders: [{header: x-role, claim: role}]}
                - {issuer: other, jwks: '{"keys": []}', audiences: [shop], fromHeaders: [{name: x-token}]}
            ---
            """;
    private static final String GATEWAY = """
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: edge, namespace: shop}
            spec:
              gatewayClassName: istio
              listeners:
                - {name: http, port: 80, protocol: HTTP}
                - {name: own, port: 8080, protocol: HTTP, hostname: shop.example.com}
            ---
            """;

    @TempDir
    Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String objects, String cases, String... more) throws IOException {
        Path policies = Files.writeString(directory.resolve("policies.yaml"), objects);
        Path given = Files.writeString(directory.resolve("cases.yaml"), "cases:\n" + cases.indent(2));
        List<String> args = new ArrayList<>(List.of("test", "-f", policies.toString(), "-f", given.toString()));
        args.addAll(List.of(more));
        return PolicyMain.run(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                args.toArray(String[]::new));
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8);
    }

    private static String aCase(String name, String from, String to, String expect) {
        return "- {name: %s, from: %s, to: {service: accounts.accounts, %s}, expect: %s}\n"
                .formatted(name, from, to, expect);
    }

    @Test
    void throughAWaypointMethodsCount() throws Exception {
        int code = run(
                SERVICE + WAYPOINT + FROM_FINANCE + GET_ONLY,
                aCase("read", "{namespace: finance}", "method: GET", "allow, by: accounts/get-only")
                        + aCase("write", "{namespace: finance}", "method: POST", "deny, by: accounts/get-only")
                        + aCase("others", "{namespace: other}", "method: GET", "deny")
                        + aCase("bytes", "{namespace: finance}", "tcp: true", "deny")
                        + aCase("outside", "{outside: true}", "method: GET", "deny, by: accounts/from-finance"));
        assertThat(printed()).contains("5 cases, 0 failed");
        assertThat(code).isZero();
    }

    @Test
    void withoutAWaypointAPolicyForTheServiceIsEnforcedByNobody() throws Exception {
        int code = run(
                SERVICE + FROM_FINANCE + GET_ONLY,
                aCase("write", "{namespace: finance}", "method: POST", "allow")
                        + aCase("others", "{namespace: other}", "method: GET", "deny"));
        assertThat(code).as(printed()).isZero();
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("AuthorizationPolicy accounts/get-only");
    }

    @Test
    void aCaseThatFailsIsExplained() throws Exception {
        int code = run(SERVICE + WAYPOINT + GET_ONLY, aCase("write", "{namespace: finance}", "method: POST", "allow"));
        assertThat(code).isEqualTo(PolicyTestCommand.UNEXPECTED);
        assertThat(printed())
                .contains("FAIL  write", "expected allow, it is denied", "methods is \"POST\"")
                .contains("methods would have to be \"GET\" (is \"POST\")")
                .contains("1 case, 1 failed");
    }

    @Test
    void anotherPolicyThanExpectedIsAFailure() throws Exception {
        int code = run(
                SERVICE + WAYPOINT + GET_ONLY,
                aCase("read", "{namespace: finance}", "method: GET", "allow, by: accounts/other"));
        assertThat(code).isEqualTo(PolicyTestCommand.UNEXPECTED);
        assertThat(printed()).contains("another policy decides");
    }

    @Test
    void claimsPathsAndHeadersAreJudgedAsTheProxiesDo() throws Exception {
        String policy = """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: admins, namespace: accounts}
                spec:
                  targetRefs: [{kind: Service, group: "", name: accounts}]
                  action: DENY
                  rules:
                    - to: [{operation: {paths: ["/admin*"]}}]
                      when:
                        - {key: "request.auth.claims[groups]", notValues: [admins]}
                    - when: [{key: "request.headers[x-debug]", values: ["*"]}]
                ---
                """;
        String admin = "path: /x/../admin/%61";
        int code = run(
                SERVICE + WAYPOINT + TOKENS + policy,
                aCase("no token", "{namespace: finance}", admin, "deny, by: accounts/admins")
                        + aCase(
                                "admin",
                                "{namespace: finance}",
                                admin,
                                "allow, token: {iss: \"https://me.example.com\", sub: you, groups: [admins]}")
                        + aCase("elsewhere", "{namespace: finance}", "path: /shop", "allow")
                        + aCase("debug", "{namespace: finance}", "headers: {X-Debug: yes}", "deny"));
        assertThat(code).as(printed()).isZero();
    }

    private static String denyWhen(String key, String... values) {
        return """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: refuse, namespace: accounts}
                spec:
                  targetRefs: [{kind: Service, group: "", name: accounts}]
                  action: DENY
                  rules: [{when: [{key: "%s", values: [%s]}]}]
                ---
                """.formatted(key, '"' + String.join("\", \"", values) + '"');
    }

    /** Each row is a key of a policy, what it matches, and what a request has to say for it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "request.headers[:method]    | POST                | method: POST                          | deny",
                "request.headers[:method]    | POST                | method: GET                           | allow",
                "request.headers[:path]      | /a?b=c              | path: '/a?b=c'                        | deny",
                "request.headers[:scheme]    | http                | method: GET                           | deny",
                "request.headers[host]       | accounts.accounts:8080 | method: GET                        | deny",
                "request.headers[:authority] | accounts.accounts   | method: GET                           | allow",
                "request.headers[:authority] | accounts.accounts   | host: accounts.accounts               | deny",
                "request.headers[x-team]     | 'a,b'               | headers: {x-team: [a, b]}             | deny",
                "request.headers[x-forwarded-client-cert] | *      | headers: {x-forwarded-client-cert: x} | allow",
                "request.headers[te]         | *                   | headers: {connection: te, te: x}      | allow",
                "remote.ip                   | 203.0.113.9         | headers: {x-forwarded-for: 'a, 203.0.113.9'} | deny",
                "remote.ip                   | 203.0.113.9         | headers: {x-forwarded-for: '203.0.113.9, 10.0.0.1'} | allow",
                "source.ip                   | 203.0.113.9         | headers: {x-forwarded-for: 203.0.113.9} | allow",
            })
    void requestsAreReadAsTheWaypointReadsThem(String key, String value, String to, String expect) throws Exception {
        int code = run(
                SERVICE + WAYPOINT + denyWhen(key, value),
                aCase(
                        "it",
                        "{namespace: finance}",
                        to,
                        expect + (expect.equals("deny") ? ", by: accounts/refuse" : "")));
        assertThat(code).as(printed()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "request.auth.claims[scope]  | read         | iss: 'https://me.example.com', scope: 'read write'   | deny",
                "request.auth.claims[scope]  | read write   | iss: 'https://me.example.com', scope: 'read write'   | allow",
                "request.auth.claims[groups] | 7            | iss: 'https://me.example.com', groups: [7]           | allow",
                "request.auth.claims[groups] | a            | iss: 'https://me.example.com', groups: [7, a]        | deny",
                "request.auth.principal      | https://me.example.com/you | iss: 'https://me.example.com', sub: you | deny",
                "request.auth.principal      | *            | iss: 'https://me.example.com'                        | allow",
                "request.headers[x-role]     | chief        | iss: 'https://me.example.com', role: chief           | deny",
                "request.headers[authorization] | *         | iss: 'https://me.example.com'                        | allow",
                "request.auth.principal      | other/you    | iss: other, sub: you, aud: shop                      | deny",
            })
    void tokensAreReadAsTheWaypointReadsThem(String key, String value, String claims, String expect) throws Exception {
        String by = expect.equals("deny") ? ", by: accounts/refuse" : "";
        int code = run(
                SERVICE + WAYPOINT + TOKENS + denyWhen(key, value),
                aCase("it", "{namespace: finance}", "path: /", expect + by + ", token: {" + claims + "}"));
        assertThat(code).as(printed()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "iss: stranger                                 | Jwt issuer is not configured",
                "iss: 'https://me.example.com', exp: 1         | Jwt is expired",
                "iss: other, aud: library                      | Audiences in Jwt are not allowed",
            })
    void aTokenThatTheWaypointRefusesIsRefused(String claims, String why) throws Exception {
        int code = run(
                SERVICE + WAYPOINT + TOKENS,
                aCase("it", "{namespace: finance}", "path: /", "allow, token: {" + claims + "}"));
        assertThat(code).isEqualTo(PolicyTestCommand.UNEXPECTED);
        assertThat(printed()).contains(why);
    }

    @Test
    void aTokenThatNobodyAcceptsIsNotThere() throws Exception {
        String policy = denyWhen("request.auth.principal", "*");
        int code = run(
                SERVICE + WAYPOINT + policy,
                aCase("it", "{namespace: finance}", "path: /", "allow, token: {iss: me, sub: you}"));
        assertThat(code).as(printed()).isZero();
    }

    @Test
    void bytesDoNotPassByTheCheckOfTokens() throws Exception {
        String bytes = aCase("bytes", "{namespace: finance}", "tcp: true", "%s");
        assertThat(run(SERVICE + WAYPOINT + TOKENS, bytes.formatted("deny")))
                .as(printed())
                .isZero();
        String declared = SERVICE.replace("port: 8080,", "port: 8080, appProtocol: tcp,");
        assertThat(run(declared + WAYPOINT + TOKENS, bytes.formatted("allow")))
                .as(printed())
                .isZero();
    }

    @Test
    void theNameInAClientsOwnTlsIsSeen() throws Exception {
        int code = run(
                SERVICE + WAYPOINT + denyWhen("connection.sni", "db.example.com"),
                aCase("it", "{namespace: finance}", "tcp: true, serverName: db.example.com", "deny")
                        + aCase("other", "{namespace: finance}", "tcp: true, serverName: example.com", "allow"));
        assertThat(code).as(printed()).isZero();
    }

    @Test
    void whatTheWaypointAnswersBeforeItJudgesIsARefusal() throws Exception {
        int code = run(SERVICE + WAYPOINT, aCase("it", "{namespace: finance}", "path: '/a%00'", "deny"));
        assertThat(code).as(printed()).isZero();
    }

    @Test
    void everyProviderThatIsNamedHasToAllow() throws Exception {
        String custom = """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: ask-%1$s, namespace: accounts}
                spec:
                  targetRefs: [{kind: Service, group: "", name: accounts}]
                  action: CUSTOM
                  provider: {name: %1$s}
                  rules: [{}]
                ---
                """;
        String objects = SERVICE + WAYPOINT + custom.formatted("one") + custom.formatted("two");
        assertThat(run(
                        objects,
                        aCase("all", "{namespace: finance}", "path: /", "allow, authorizer: allow")
                                + aCase(
                                        "two",
                                        "{namespace: finance}",
                                        "path: /",
                                        "deny, by: accounts/ask-two, " + "authorizer: {one: allow, two: deny}")))
                .as(printed())
                .isZero();
        assertThat(run(objects, aCase("half", "{namespace: finance}", "path: /", "allow, authorizer: {one: allow}")))
                .isEqualTo(PolicyTestCommand.UNEXPECTED);
        assertThat(printed()).contains("undecided", "asks provider two");
        assertThat(run(objects, aCase("typo", "{namespace: finance}", "path: /", "deny, authorizer: alow")))
                .isEqualTo(65);
        assertThat(printed()).contains("authorizer is \"alow\" (expected: allow or deny)");
    }

    @Test
    void aGatewaysPoliciesAreJudgedAtIt() throws Exception {
        String policy = """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: edge, namespace: shop}
                spec:
                  targetRefs: [{kind: Gateway, group: gateway.networking.k8s.io, name: edge}]
                  rules:
                    - from: [{source: {remoteIpBlocks: [203.0.113.0/24]}}]
                      to: [{operation: {hosts: [www.example.com, "shop.example.com:8080"]}}]
                ---
                """;
        String edge =
                "- {name: %s, from: {outside: true, ip: %s}, to: {gateway: shop/edge, %s}, expect: %s, by: shop/edge}\n";
        int code = run(
                GATEWAY + policy,
                edge.formatted("known", "203.0.113.7", "port: 80, host: www.example.com", "allow")
                        + edge.formatted("its own name", "203.0.113.7", "port: 8080", "allow")
                        + edge.formatted("another name", "203.0.113.7", "port: 80, host: example.com", "deny")
                        + edge.formatted("stranger", "198.51.100.1", "port: 80, host: www.example.com", "deny")
                        + edge.formatted(
                                "who says to be known",
                                "198.51.100.1",
                                "port: 80, host: www.example.com, headers: {x-forwarded-for: 203.0.113.7}",
                                "deny"));
        assertThat(code).as(printed()).isZero();
    }

    @Test
    void aGatewayGoesPastTheWaypointUnlessTheServiceSaysOtherwise() throws Exception {
        String labelled = SERVICE.replace(
                "namespace: accounts}", "namespace: accounts, labels: {istio.io/ingress-use-waypoint: 'true'}}");
        String fromGateway = aCase("write", "{gateway: shop/edge}", "method: POST", "%s");
        String notFinance = FROM_FINANCE.replace("finance", "shop");
        assertThat(run(
                        WAYPOINT + GATEWAY + SERVICE + notFinance + GET_ONLY,
                        fromGateway.formatted("allow, by: accounts/from-shop")))
                .as(printed())
                .isZero();
        assertThat(run(
                        WAYPOINT + GATEWAY + labelled + notFinance + GET_ONLY,
                        fromGateway.formatted("deny, by: accounts/get-only")))
                .as(printed())
                .isZero();
    }

    @Test
    void whatNobodyReadsIsAnError() throws Exception {
        assertThat(run(SERVICE, aCase("typo", "{namespace: finance}", "methods: GET", "allow")))
                .isEqualTo(65);
        assertThat(printed()).contains("unknown field \"methods\"");
    }

    @Test
    void aServiceThatIsNotThereIsAnError() throws Exception {
        assertThat(run(FROM_FINANCE, aCase("x", "{namespace: finance}", "method: GET", "allow")))
                .isEqualTo(65);
        assertThat(printed()).contains("no Service or ServiceEntry in the files is \"accounts.accounts\"");
    }

    @Test
    void machinesReadJsonAndXml() throws Exception {
        Path xml = directory.resolve("results.xml");
        int code = run(
                SERVICE + WAYPOINT + GET_ONLY,
                aCase("read", "{namespace: finance}", "method: GET", "allow")
                        + aCase("write", "{namespace: finance}", "method: POST", "allow"),
                "-o",
                "json",
                "--junit",
                xml.toString());
        assertThat(code).isEqualTo(PolicyTestCommand.UNEXPECTED);
        var json = Documents.JSON.readTree(out.toByteArray());
        assertThat(json.at("/results/0/verdict").asText()).isEqualTo("allowed");
        assertThat(json.at("/results/1/problem").asText()).contains("expected allow");
        assertThat(Files.readString(xml)).contains("tests=\"2\" failures=\"1\"", "<failure message=");
    }

    @Test
    void aDenyOfMethodsDeniesAllOfItsClientsWhereNoWaypointSeesThem() throws Exception {
        String noDeletes = """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: no-deletes, namespace: accounts}
                spec:
                  action: DENY
                  rules:
                    - from: [{source: {namespaces: [sales]}}]
                      to: [{operation: {methods: [DELETE]}}]
                ---
                """;
        String sales = "{namespace: sales}";
        assertThat(run(
                        SERVICE + noDeletes,
                        aCase("sales", sales, "method: GET", "deny")
                                + aCase("finance", "{namespace: finance}", "method: DELETE", "allow")))
                .as(printed())
                .isZero();
        assertThat(run(
                        WAYPOINT + SERVICE + noDeletes,
                        aCase("get", sales, "method: GET", "allow") + aCase("delete", sales, "method: DELETE", "deny")))
                .as(printed())
                .isZero();
    }
}
