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
                SERVICE + WAYPOINT + policy,
                aCase("no token", "{namespace: finance}", admin, "deny, by: accounts/admins")
                        + aCase(
                                "admin",
                                "{namespace: finance}",
                                admin,
                                "allow, token: {iss: me, sub: you, groups: [admins]}")
                        + aCase("elsewhere", "{namespace: finance}", "path: /shop", "allow")
                        + aCase("debug", "{namespace: finance}", "headers: {X-Debug: yes}", "deny"));
        assertThat(code).as(printed()).isZero();
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
}
