package io.periplus.api.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.periplus.api.security.AuthorizationPolicy.TargetRef;
import io.periplus.api.security.RequestAuthentication.ClaimToHeader;
import io.periplus.api.security.RequestAuthentication.FromHeader;
import io.periplus.api.security.RequestAuthentication.JwtRule;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is read of RequestAuthentications, and what is said of those that are wrong. */
class RequestAuthenticationParserTest {
    @Test
    void everyFieldOfARuleIsRead() {
        JwtRule rule = rule(Map.of(
                "issuer",
                "https://login.example.com",
                "audiences",
                List.of("shop"),
                "jwksUri",
                "https://login.example.com/keys",
                "fromHeaders",
                List.of(Map.of("name", "X-Token", "prefix", "JWT ")),
                "fromParams",
                List.of("token"),
                "fromCookies",
                List.of("session"),
                "outputPayloadToHeader",
                "X-Payload",
                "outputClaimToHeaders",
                List.of(Map.of("header", "X-Role", "claim", "realm.role")),
                "forwardOriginalToken",
                true,
                "timeout",
                "2.5s"));
        assertThat(rule)
                .isEqualTo(new JwtRule(
                        "https://login.example.com",
                        List.of("shop"),
                        "https://login.example.com/keys",
                        "",
                        List.of(new FromHeader("x-token", "JWT ")),
                        List.of("token"),
                        List.of("session"),
                        "x-payload",
                        List.of(new ClaimToHeader("x-role", "realm.role")),
                        true,
                        Duration.ofMillis(2500),
                        List.of(),
                        List.of()));
    }

    @Test
    void targetsAreReadAsThoseOfOtherPolicies() {
        RequestAuthentication policy = parse(Map.of(
                "targetRefs",
                List.of(Map.of("group", "gateway.networking.k8s.io", "kind", "Gateway", "name", "edge"))));
        assertThat(policy.targetRefs()).containsExactly(new TargetRef("gateway.networking.k8s.io", "Gateway", "edge"));
        assertThat(policy.problems()).isEmpty();
    }

    @Test
    void aRuleNeedsAnIssuer() {
        assertThat(rule(Map.of("jwks", "{\"keys\":[]}")).problems())
                .containsExactly("spec.jwtRules[0].issuer: is needed: tokens are told apart by it");
    }

    @Test
    void keysAreGivenOrTheirPlaceIsNotBoth() {
        assertThat(rule(Map.of("issuer", "i", "jwks", "{}", "jwksUri", "https://a.example/k"))
                        .problems())
                .singleElement()
                .asString()
                .startsWith("spec.jwtRules[0].jwks: set together with jwksUri");
    }

    @Test
    void anIssuerThatIsNoUrlCannotBeAskedForItsKeys() {
        assertThat(rule(Map.of("issuer", "testing@secure.example")).problems())
                .containsExactly("spec.jwtRules[0].jwksUri: is needed, or jwks: the issuer \"testing@secure.example\""
                        + " is no URL to discover keys at");
    }

    @Test
    void keysAreFetchedOverHttpOnly() {
        for (String uri : List.of("file:///etc/passwd", "ftp://a.example/k", "https:///k", "https://a b/")) {
            assertThat(rule(Map.of("issuer", "i", "jwksUri", uri)).problems())
                    .containsExactly("spec.jwtRules[0].jwksUri: \"" + uri + "\" is no http or https URL");
        }
    }

    @Test
    void headersHaveNamesOfHeadersAndEveryClaimOneOfItsOwn() {
        assertThat(rule(Map.of(
                                "issuer",
                                "i",
                                "jwks",
                                "{}",
                                "outputPayloadToHeader",
                                "a: b\r\n",
                                "outputClaimToHeaders",
                                List.of(Map.of("header", "x-a", "claim", "a"), Map.of("header", "X-A", "claim", "b"))))
                        .problems())
                .containsExactly(
                        "spec.jwtRules[0].outputClaimToHeaders[1].header: \"x-a\" is set twice; every claim needs a"
                                + " header of its own",
                        "spec.jwtRules[0].outputPayloadToHeader: \"a: b\r\n\" is no name of a header");
    }

    @Test
    void anUnknownFieldSpoilsItsRuleAlone() {
        RequestAuthentication policy = parse(Map.of(
                "jwtRules",
                List.of(Map.of("issuer", "a", "jwks", "{}", "audience", "x"), Map.of("issuer", "b", "jwks", "{}"))));
        assertThat(policy.rules().get(0).problems()).containsExactly("spec.jwtRules[0].audience: unknown field");
        assertThat(policy.rules().get(1).problems()).isEmpty();
        assertThat(policy.problems()).isEmpty();
    }

    private static JwtRule rule(Map<String, Object> rule) {
        return parse(Map.of("jwtRules", List.of(rule))).rules().getFirst();
    }

    private static RequestAuthentication parse(Map<String, Object> spec) {
        GenericKubernetesResource object = new GenericKubernetesResource();
        object.setMetadata(
                new ObjectMetaBuilder().withNamespace("shop").withName("p").build());
        object.setAdditionalProperty("spec", spec);
        return RequestAuthenticationParser.parse(object);
    }
}
