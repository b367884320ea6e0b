package io.periplus.api.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.periplus.api.Cidr;
import io.periplus.api.IpAddresses;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthorizationPolicyParserTest {
    @Test
    void anEmptySpecAllowsNothing() {
        AuthorizationPolicy policy = parse(Map.of());
        assertThat(policy.action()).isEqualTo(AuthorizationPolicy.Action.ALLOW);
        assertThat(policy.rules()).isEmpty();
        assertThat(policy.problems()).isEmpty();
    }

    @Test
    void anUnknownFieldIsNamedWithItsPath() {
        assertThat(parse(Map.of("rules", List.of(Map.of("from", List.of(Map.of("source", Map.of("namespace", "x")))))))
                        .problems())
                .containsExactly("spec.rules[0].from[0].source.namespace: unknown field");
    }

    @Test
    void anUnknownActionIsSaidWithWhatIsExpected() {
        AuthorizationPolicy policy = parse(Map.of("action", "PERMIT"));
        assertThat(policy.action()).isNull();
        assertThat(policy.problems())
                .containsExactly("spec.action: unknown action \"PERMIT\" (expected ALLOW, DENY, AUDIT or CUSTOM)");
    }

    @Test
    void aDenyWithoutRulesHasNoEffectAndIsSaidToHaveNone() {
        assertThat(parse(Map.of("action", "DENY")).problems())
                .singleElement()
                .asString()
                .contains("at least one rule");
    }

    @Test
    void aSelectorAndTargetsExcludeEachOther() {
        assertThat(parse(Map.of(
                                "selector", Map.of("matchLabels", Map.of("a", "b")),
                                "targetRefs", List.of(Map.of("kind", "Service", "name", "web"))))
                        .problems())
                .singleElement()
                .asString()
                .startsWith("spec.selector");
    }

    @Test
    void theSingleTargetIsReadWhereThereIsNoList() {
        AuthorizationPolicy policy = parse(Map.of("targetRef", Map.of("group", "", "kind", "Service", "name", "web")));
        assertThat(policy.targetRefs()).containsExactly(new AuthorizationPolicy.TargetRef("", "Service", "web"));
    }

    @Test
    void addressesAndPortsAreChecked() {
        Map<String, Object> rule = Map.of(
                "from", List.of(Map.of("source", Map.of("ipBlocks", List.of("10.0.0.0/33")))),
                "to", List.of(Map.of("operation", Map.of("ports", List.of("70000")))),
                "when", List.of(Map.of("key", "nonsense", "values", List.of("x"))));
        assertThat(parse(Map.of("rules", List.of(rule))).problems())
                .containsExactly(
                        "spec.rules[0].from[0].source.ipBlocks: \"10.0.0.0/33\" is no IP address and no CIDR block",
                        "spec.rules[0].to[0].operation.ports: \"70000\" is no port number (expected 1 to 65535)",
                        "spec.rules[0].when[0].key: unknown attribute \"nonsense\"");
    }

    @ParameterizedTest
    @CsvSource({
        "to.operation, paths, /a/{*}/b/{**}, ",
        "to.operation, paths, /a/{**}/b, ",
        "to.operation, paths, /a/{b}, ",
        "to.operation, paths, /a/{*}b, is no path template",
        "to.operation, paths, /a/{*}/b*, is no path template",
        "to.operation, notPaths, /a/{**}/{*}, after {**}",
        "to.operation, paths, /{**}/b/{**}, after {**}",
        "from.source, principals, spiffe://cluster.local/ns/a/sa/b, without spiffe://",
        "from.source, notPrincipals, spiffe://cluster.local/*, without spiffe://",
        "from.source, principals, cluster.local/ns/a/sa/b, ",
        "from.source, serviceAccounts, a/b, ",
        "from.source, serviceAccounts, b, ",
        "from.source, serviceAccounts, a/*, without *",
        "from.source, notServiceAccounts, a/b/c, is no service account",
        "from.source, serviceAccounts, /b, is no service account",
        "from.source, ipBlocks, ::ffff:10.0.0.0/104, is no IP address",
    })
    void valuesThatProxiesCouldNotJudgeAreSaid(String at, String field, String value, String expected) {
        String part = at.substring(0, at.indexOf('.'));
        String entry = at.substring(part.length() + 1);
        Map<String, Object> rule = Map.of(part, List.of(Map.of(entry, Map.of(field, List.of(value)))));
        List<String> problems = parse(Map.of("rules", List.of(rule))).problems();
        if (expected == null) {
            assertThat(problems).isEmpty();
        } else {
            assertThat(problems)
                    .singleElement()
                    .asString()
                    .startsWith("spec.rules[0]." + part + "[0]." + entry + "." + field + ": ")
                    .contains(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "request.headers[x], ",
        "request.headers[x, unknown attribute",
        "request.headers[], unknown attribute",
        "request.auth.claims[a][b], ",
        "request.auth.claims[a, unknown attribute",
        "experimental.envoy.filters.a.b[c], ",
        "experimental.envoy.filters.a.b, unknown attribute",
        "request.auth.claims, unknown attribute",
    })
    void keysThatProxiesCouldNotReadAreSaid(String key, String expected) {
        Map<String, Object> rule = Map.of("when", List.of(Map.of("key", key, "values", List.of("v"))));
        List<String> problems = parse(Map.of("rules", List.of(rule))).problems();
        if (expected == null) {
            assertThat(problems).isEmpty();
        } else {
            assertThat(problems).singleElement().asString().contains(expected);
        }
    }

    @Test
    void aSourceWhoseFieldsAreEmptyIsEmpty() {
        Map<String, Object> rule = Map.of(
                "from", List.of(Map.of("source", Map.of("principals", List.of()))),
                "to", List.of(Map.of("operation", Map.of())));
        assertThat(parse(Map.of("rules", List.of(rule))).problems())
                .containsExactly(
                        "spec.rules[0].from[0].source: is empty; name at least one field, or leave `from` out to mean"
                                + " anyone",
                        "spec.rules[0].to[0].operation: is empty; name at least one field, or leave `to` out to mean"
                                + " anything");
    }

    @Test
    void seventeenServiceAccountsAreTooMany() {
        List<String> accounts =
                java.util.stream.IntStream.range(0, 17).mapToObj(i -> "a" + i).toList();
        Map<String, Object> rule = Map.of("from", List.of(Map.of("source", Map.of("serviceAccounts", accounts))));
        assertThat(parse(Map.of("rules", List.of(rule))).problems())
                .containsExactly("spec.rules[0].from[0].source.serviceAccounts: has 17 values (expected: at most 16)");
    }

    @Test
    void aCustomPolicyCannotAskAboutTokens() {
        Map<String, Object> rule = Map.of(
                "from", List.of(Map.of("source", Map.of("notRequestPrincipals", List.of("*")))),
                "when", List.of(Map.of("key", "request.auth.claims[groups]", "values", List.of("staff"))));
        Map<String, Object> spec =
                Map.of("action", "CUSTOM", "provider", Map.of("name", "opa"), "rules", List.of(rule));
        AuthorizationPolicy policy = parse(spec);
        assertThat(policy.problems())
                .hasSize(2)
                .allMatch(problem -> problem.contains("a CUSTOM policy cannot ask about tokens"));
        assertThat(EnforcedRules.of(policy))
                .containsExactly(new AuthorizationPolicy.Rule(List.of(), List.of(), List.of()));
    }

    @Test
    void whatIsWrongInOneRuleLeavesTheTenthAsItIs() {
        List<Map<String, Object>> rules = new java.util.ArrayList<>();
        for (int i = 0; i < 12; i++) {
            rules.add(Map.of("to", List.of(Map.of("operation", Map.of("ports", List.of(i == 1 ? "x" : "80"))))));
        }
        assertThat(EnforcedRules.of(parse(Map.of("rules", rules)))).hasSize(11);
        List<AuthorizationPolicy.Rule> denying = EnforcedRules.of(parse(Map.of("action", "DENY", "rules", rules)));
        assertThat(denying).hasSize(12);
        assertThat(denying.get(1).to()).isEmpty();
        assertThat(denying).filteredOn(rule -> rule.to().isEmpty()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3, 10.1.2.3, 32",
        "10.1.2.3/8, 10.0.0.0, 8",
        "2001:DB8::1, 2001:db8::1, 128",
        "0.0.0.0/0, 0.0.0.0, 0",
        "2001:db8:0:0:1:0:0:1/64, 2001:db8::, 64"
    })
    void blocksAreMaskedAndCanonical(String text, String address, int length) {
        Cidr cidr = Cidr.parse(text).orElseThrow();
        assertThat(IpAddresses.canonical(cidr.address())).isEqualTo(address);
        assertThat(cidr.length()).isEqualTo(length);
    }

    @ParameterizedTest
    @CsvSource({"example.com", "10.1.2", "10.1.2.03", "10.1.2.3/", "10.1.2.3/x", "fe80::1%eth0"})
    void whatIsNoBlockIsRefusedAndNeverResolved(String text) {
        assertThat(Cidr.parse(text)).isEmpty();
    }

    private static AuthorizationPolicy parse(Map<String, Object> spec) {
        GenericKubernetesResource object = new GenericKubernetesResource();
        object.setMetadata(
                new ObjectMetaBuilder().withNamespace("accounts").withName("p").build());
        object.setAdditionalProperty("spec", spec);
        return AuthorizationPolicyParser.parse(object);
    }
}
