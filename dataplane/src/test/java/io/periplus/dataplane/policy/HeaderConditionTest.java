package io.periplus.dataplane.policy;

import static io.periplus.dataplane.policy.PolicyFixtures.FINANCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.wire.waypoint.Action;
import io.periplus.wire.waypoint.AuthorizationPolicy;
import io.periplus.wire.waypoint.Condition;
import io.periplus.wire.waypoint.Operation;
import io.periplus.wire.waypoint.Rule;
import io.periplus.wire.waypoint.ServiceTarget;
import io.periplus.wire.waypoint.Target;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Headers that stand in a request more than once: which of them the application takes is not known. */
class HeaderConditionTest {
    private static final String HOST = "accounts.accounts.svc.cluster.local";

    @ParameterizedTest(name = "DENY {0} {1}: {2}")
    @CsvSource({
        "values, admin, guest, true",
        "values, admin, admin, false",
        "values, admin, guest;admin, false",
        "values, admin, admin;guest, false",
        "values, 'guest,admin', guest;admin, false",
        "values, 'guest,admin', 'guest,admin', false",
        "values, ad*, guest;admin;user, false",
        "values, admin, guest;user, true",
        "values, admin, '', true",
        "notValues, guest, guest, true",
        "notValues, guest, admin, false",
        "notValues, guest, guest;admin, false",
        "notValues, gu*, guest;admin, false",
        "notValues, gu*, guest;gull, true",
        "notValues, guest, '', false",
    })
    void whatDeniesIsContentWithOneOfThem(String form, String value, String sent, boolean passes) {
        assertThat(passes(List.of(policy("p", Action.DENY, form, value)), sent)).isEqualTo(passes);
    }

    @ParameterizedTest(name = "ALLOW {0} {1}: {2}")
    @CsvSource({
        "values, admin, admin, true",
        "values, admin, guest, false",
        "values, admin, guest;admin, false",
        "values, admin, admin;guest, false",
        "values, 'guest,admin', guest;admin, false",
        "values, 'guest,admin', 'guest,admin', true",
        "values, ad*, admin;guest, false",
        "values, ad*, admin;adder, true",
        "values, *, admin;guest, true",
        "values, *, '', false",
        "notValues, admin, guest, true",
        "notValues, admin, guest;admin, false",
        "notValues, 'guest,admin', guest;admin, false",
        "notValues, admin, guest;user, true",
        "notValues, admin, '', true",
    })
    void whatAllowsAsksForAllOfThem(String form, String value, String sent, boolean passes) {
        assertThat(passes(List.of(policy("p", Action.ALLOW, form, value)), sent))
                .isEqualTo(passes);
    }

    @Test
    void eachOfThemIsLookedUpAmongManyRules() {
        List<AuthorizationPolicy> policies = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            policies.add(policy("p" + i, Action.DENY, "values", "role-" + i));
        }
        for (int i = 0; i < 100; i++) {
            assertThat(passes(policies, "guest;role-" + i)).isFalse();
            assertThat(passes(policies, "role-" + i + ";guest")).isFalse();
        }
        assertThat(passes(policies, "guest;role-100")).isTrue();
    }

    private static boolean passes(List<AuthorizationPolicy> policies, String sent) {
        List<String> values = sent.isEmpty() ? List.of() : List.of(sent.split(";"));
        return PolicySet.of(
                        policies.stream().map(WaypointPolicyCompiler::compile).toList())
                .authorizeService(
                        "accounts", HOST, new HttpRequestAttributes(PolicyFixtures.tcp(FINANCE), new Request(values)))
                .isAllowed();
    }

    private static AuthorizationPolicy policy(String name, Action action, String form, String value) {
        Condition.Builder when = Condition.newBuilder().setKey("request.headers[X-Role]");
        return AuthorizationPolicy.newBuilder()
                .setNamespace("accounts")
                .setName(name)
                .setAction(action)
                .addTargets(Target.newBuilder()
                        .setService(ServiceTarget.newBuilder()
                                .setNamespace("accounts")
                                .setHostname(HOST)))
                .addRules(Rule.newBuilder()
                        .addTo(Operation.newBuilder().addMethods("GET"))
                        .addWhen(form.equals("values") ? when.addValues(value) : when.addNotValues(value)))
                .build();
    }

    private record Request(List<String> roles) implements HttpAttributes {
        @Override
        public CharSequence method() {
            return "GET";
        }

        @Override
        public CharSequence path() {
            return "/";
        }

        @Override
        public CharSequence host() {
            return HOST;
        }

        @Override
        public @Nullable CharSequence header(String name) {
            return name.equals("x-role") && !roles.isEmpty() ? String.join(",", roles) : null;
        }

        @Override
        public List<String> repeated(String name) {
            return name.equals("x-role") && roles.size() > 1 ? roles : List.of();
        }
    }
}
