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
