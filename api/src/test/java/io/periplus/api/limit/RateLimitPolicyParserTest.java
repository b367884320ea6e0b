package io.periplus.api.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.periplus.api.limit.RateLimitPolicy.Backend;
import io.periplus.api.limit.RateLimitPolicy.Key;
import io.periplus.api.limit.RateLimitPolicy.Limit;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateLimitPolicyParserTest {
    private static final Map<String, Object> SERVICE = Map.of("group", "", "kind", "Service", "name", "reviews");

    private static final Map<String, Object> LIMIT =
            Map.of("name", "per-client", "key", List.of("identity"), "requests", 100, "per", "minute");

    @Test
    void aPolicyIsReadWithItsDefaults() {
        RateLimitPolicy policy = parse(Map.of("rateLimits", List.of(LIMIT)));
        assertThat(policy.problems()).isEmpty();
        assertThat(policy.backend()).isNull();
        assertThat(policy.failOpen()).isFalse();
        Limit limit = policy.limits().getFirst();
        assertThat(limit.per()).isEqualTo(Duration.ofMinutes(1));
        assertThat(limit.burst()).isEqualTo(100);
        assertThat(limit.cost()).isEqualTo(1);
        assertThat(limit.override()).isFalse();
        assertThat(limit.key()).containsExactly(new Key(Key.Kind.IDENTITY, "", "source_principal"));
    }

    @Test
    void partsOfAKeyHaveNamesForServices() {
        RateLimitPolicy policy = parse(Map.of(
                "rateLimits",
                List.of(Map.of(
                        "name",
                        "x",
                        "key",
                        List.of("header:X-User", "user=header:x-user", "claim:realm.id", "cel:request.path == '/a=b'"),
                        "requests",
                        1,
                        "per",
                        "1m30s"))));
        assertThat(policy.problems()).isEmpty();
        assertThat(policy.limits().getFirst().per()).isEqualTo(Duration.ofSeconds(90));
        assertThat(policy.limits().getFirst().key())
                .containsExactly(
                        new Key(Key.Kind.HEADER, "x-user", "x-user"),
                        new Key(Key.Kind.HEADER, "x-user", "user"),
                        new Key(Key.Kind.CLAIM, "realm.id", "realm.id"),
                        new Key(Key.Kind.CEL, "request.path == '/a=b'", "cel"));
    }

    @Test
    void overridesAreMarkedAndDefaultsAreTheSameAsNoSection() {
        RateLimitPolicy policy = parse(Map.of(
                "defaults", Map.of("rateLimits", List.of(LIMIT)),
                "overrides", Map.of("rateLimits", List.of(with("name", "total")))));
        assertThat(policy.problems()).isEmpty();
        assertThat(policy.limits()).extracting(Limit::override).containsExactly(false, true);
    }

    @Test
    void aBackendIsReadWithItsTimeout() {
        RateLimitPolicy policy = parse(Map.of(
                "scope",
                "Global",
                "failureMode",
                "Open",
                "backend",
                Map.of(
                        "redis",
                        Map.of(
                                "address",
                                "redis.limits:6379",
                                "secretRef",
                                Map.of("name", "redis"),
                                "tls",
                                Map.of("serverName", "r")),
                        "timeout",
                        "20ms"),
                "rateLimits",
                List.of(LIMIT)));
        assertThat(policy.problems()).isEmpty();
        assertThat(policy.failOpen()).isTrue();
        assertThat(policy.backend())
                .isEqualTo(new Backend.Redis(
                        "redis.limits:6379", Duration.ofMillis(20), new RateLimitPolicy.Tls("r", null), 0, "redis"));
    }

    @Test
    void aServiceMayKnowTheNumbersItself() {
        RateLimitPolicy policy = parse(Map.of(
                "scope",
                "Global",
                "backend",
                Map.of("rateLimitService", Map.of("address", "rls.limits:8081", "domain", "shop")),
                "rateLimits",
                List.of(Map.of("name", "x"))));
        assertThat(policy.problems()).isEmpty();
        assertThat(policy.limits().getFirst().requests()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name | Big Name | is no name",
                "key | identiti | is unknown (expected identity",
                "key | header: | needs something after the colon",
                "key | method:GET | takes nothing after the colon",
                "key | cel:request.nothing | column",
                "per | fortnight | is no time",
                "per | 0s | is no time",
                "requests | 0 | expected: 1 to",
                "requests | 600000000 | more than 1000000 a second",
                "burst | 0 | expected: 1 to",
                "burst | 900000000 | ten years",
                "cost | 101 | none would ever pass",
                "unlimited | true | keep one",
                "nonsense | 1 | unknown field"
            })
    void whatIsWrongWithALimitIsSaid(String field, String value, String problem) {
        Object typed = value.matches("[0-9]+") ? (Object) Integer.valueOf(value) : value;
        typed = value.equals("true") ? true : typed;
        typed = field.equals("key") ? List.of(typed) : typed;
        Map<String, Object> limit = with(field, typed);
        if (field.equals("burst") && value.length() > 1) {
            limit.put("requests", 1);
        }
        assertThat(parse(Map.of("rateLimits", List.of(limit))).problems())
                .anySatisfy(text -> assertThat(text).contains(problem));
    }

    @Test
    void whatIsWrongWithAPolicyIsSaid() {
        List<Object> limits = List.of(LIMIT);
        assertThat(parse(Map.of()).problems()).containsExactly("spec.rateLimits: holds no limit");
        assertThat(parse(Map.of("rateLimits", List.of(LIMIT, LIMIT))).problems())
                .singleElement()
                .asString()
                .contains("two limits are called");
        assertThat(parse(Map.of("rateLimits", limits, "scope", "Global")).problems())
                .singleElement()
                .asString()
                .contains("needs backend.redis or backend.rateLimitService");
        assertThat(parse(Map.of("rateLimits", limits, "failureMode", "Maybe")).problems())
                .singleElement()
                .asString()
                .contains("expected Open or Closed");
        assertThat(parse(Map.of("rateLimits", limits, "targetRefs", List.of())).problems())
                .singleElement()
                .asString()
                .contains("attached to");
        assertThat(parse(Map.of(
                                "rateLimits",
                                limits,
                                "targetRefs",
                                List.of(Map.of("group", "", "kind", "Pod", "name", "x"))))
                        .problems())
                .singleElement()
                .asString()
                .contains("cannot be limited: Pod");
    }

    private static Map<String, Object> with(String field, Object value) {
        Map<String, Object> limit = new HashMap<>(LIMIT);
        limit.put(field, value);
        return limit;
    }

    private static RateLimitPolicy parse(Map<String, Object> spec) {
        Map<String, Object> whole = new HashMap<>(Map.of("targetRefs", List.of(SERVICE)));
        whole.putAll(spec);
        GenericKubernetesResource object = new GenericKubernetesResource();
        object.setMetadata(new ObjectMetaBuilder()
                .withNamespace("shop")
                .withName("p")
                .withGeneration(1L)
                .build());
        object.setAdditionalProperty("spec", whole);
        return RateLimitPolicyParser.parse(object);
    }
}
