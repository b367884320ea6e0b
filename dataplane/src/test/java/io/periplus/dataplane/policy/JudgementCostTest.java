package io.periplus.dataplane.policy;

import static io.periplus.dataplane.policy.PolicyFixtures.FINANCE;
import static io.periplus.dataplane.policy.PolicyFixtures.http;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.periplus.wire.waypoint.Action;
import io.periplus.wire.waypoint.AuthorizationPolicy;
import io.periplus.wire.waypoint.Condition;
import io.periplus.wire.waypoint.EndpointScope;
import io.periplus.wire.waypoint.Operation;
import io.periplus.wire.waypoint.Rule;
import io.periplus.wire.waypoint.ServiceTarget;
import io.periplus.wire.waypoint.Source;
import io.periplus.wire.waypoint.Target;
import io.periplus.wire.workload.Workload;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a judgement costs when it allows. */
class JudgementCostTest {
    private static final String HOST = "accounts.accounts.svc.cluster.local";
    private static final int JUDGEMENTS = 20_000;
    /** Nothing per judgement; the measurement itself costs a little. */
    private static final long BYTES_MAX = JUDGEMENTS;

    private final RequestAttributes request =
            http(FINANCE, "GET", "/v1/accounts/7", HOST + ":8080", Map.of("x-team", "blue, green"));
    private final Workload workload = Workload.newBuilder()
            .setUid("w")
            .setNamespace("accounts")
            .addAuthorizationPolicies("accounts/selected")
            .build();

    @Test
    void allowingAllocatesNothing() {
        PolicySet policies = PolicySet.of(policies());
        assertThat(policies.authorizeService("accounts", HOST, request).isAllowed())
                .isTrue();
        assertThat(policies.authorizeWorkload(workload, request).isAllowed()).isTrue();
        judge(policies);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        int allowed = judge(policies);
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(allowed).isEqualTo(2 * JUDGEMENTS);
        assertThat(bytes).isLessThan(BYTES_MAX);
    }

    private int judge(PolicySet policies) {
        int allowed = 0;
        for (int i = 0; i < JUDGEMENTS; i++) {
            allowed += policies.authorizeService("accounts", HOST, request).isAllowed() ? 1 : 0;
            allowed += policies.authorizeWorkload(workload, request).isAllowed() ? 1 : 0;
        }
        return allowed;
    }

    private static List<CompiledPolicy> policies() {
        Rule rich = Rule.newBuilder()
                .addFrom(Source.newBuilder()
                        .addPrincipals("cluster.local/ns/fin*")
                        .addNamespaces("f*e")
                        .addIpBlocks("10.0.0.0/8")
                        .addServiceAccounts("finance/curl"))
                .addTo(Operation.newBuilder()
                        .addHosts("*.svc.cluster.local:8080")
                        .addPorts("8080")
                        .addMethods("GET")
                        .addPaths("/v1/{*}/7"))
                .addWhen(
                        Condition.newBuilder().setKey("request.headers[x-team]").addValues("blue*"))
                .addWhen(
                        Condition.newBuilder().setKey("request.headers[x-none]").addNotValues("*"))
                .build();
        Rule never = Rule.newBuilder()
                .addFrom(Source.newBuilder().addNamespaces("other"))
                .build();
        AuthorizationPolicy allow = AuthorizationPolicy.newBuilder()
                .setNamespace("accounts")
                .setName("allow")
                .setAction(Action.ALLOW)
                .addTargets(Target.newBuilder()
                        .setService(ServiceTarget.newBuilder()
                                .setNamespace("accounts")
                                .setHostname(HOST)))
                .addRules(never)
                .addRules(rich)
                .build();
        AuthorizationPolicy deny = allow.toBuilder()
                .setName("deny")
                .setAction(Action.DENY)
                .clearRules()
                .addRules(never)
                .build();
        AuthorizationPolicy namespace = allow.toBuilder()
                .setName("namespace")
                .clearTargets()
                .setEndpointScope(EndpointScope.NAMESPACE)
                .build();
        AuthorizationPolicy selected = deny.toBuilder()
                .setName("selected")
                .clearTargets()
                .setEndpointScope(EndpointScope.SELECTED)
                .build();
        List<CompiledPolicy> compiled = new ArrayList<>();
        for (AuthorizationPolicy policy : List.of(allow, deny, namespace, selected)) {
            compiled.add(WaypointPolicyCompiler.compile(policy));
        }
        // Enough for an index, under names that come before and after.
        for (int i = 0; i < 1_000; i++) {
            compiled.add(WaypointPolicyCompiler.compile((i % 2 == 0 ? allow : namespace)
                    .toBuilder()
                            .setName((i % 4 < 2 ? "a" : "z") + i)
                            .clearRules()
                            .addRules(Rule.newBuilder()
                                    .addTo(Operation.newBuilder().addPaths("/v1/tenants/" + i + "/*")))
                            .build()));
        }
        return compiled;
    }
}
