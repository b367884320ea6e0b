package io.periplus.bench.micro;

import io.periplus.wire.waypoint.Action;
import io.periplus.wire.waypoint.AuthorizationPolicy;
import io.periplus.wire.waypoint.EndpointScope;
import io.periplus.wire.waypoint.Operation;
import io.periplus.wire.waypoint.Rule;
import io.periplus.wire.waypoint.ServiceTarget;
import io.periplus.wire.waypoint.Source;
import io.periplus.wire.waypoint.Target;
import java.util.ArrayList;
import java.util.List;

/**
 * One policy for each tenant of a service: who may read what under the tenant's path. They say it in four ways, as different
 * teams would; every twentieth is a DENY beside the tenant's ALLOW.
 */
final class TenantPolicies {
    static final String NAMESPACE = "accounts";
    static final String HOST = "accounts.accounts.svc.cluster.local";
    static final String ACCOUNT = "client";
    static final int PORT = 8080;

    private static final int DENY_EVERY = 20;

    private TenantPolicies() {}

    static String namespace(int tenant) {
        return "tenant-" + tenant;
    }

    static String path(int tenant) {
        return "/api/v1/tenants/" + tenant + "/statements/7";
    }

    /** @param scope {@code service}, {@code namespace} or {@code mesh} */
    static List<AuthorizationPolicy> of(int count, String scope) {
        List<AuthorizationPolicy> policies = new ArrayList<>(count);
        for (int tenant = 0; tenant < count; tenant++) {
            policies.add(policy("tenant-" + tenant, Action.ALLOW, scope, allow(tenant)));
            if (tenant % DENY_EVERY == DENY_EVERY - 1) {
                policies.set(tenant - 1, policy("deny-" + tenant, Action.DENY, scope, deny(tenant)));
                policies.set(
                        tenant,
                        policy("tenant-" + tenant, Action.ALLOW, scope, allow(tenant)).toBuilder()
                                .addRules(allow(tenant - 1))
                                .build());
            }
        }
        return policies;
    }

    private static AuthorizationPolicy policy(String name, Action action, String scope, Rule rule) {
        var policy =
                AuthorizationPolicy.newBuilder().setName(name).setAction(action).addRules(rule);
        switch (scope) {
            case "mesh" -> policy.setNamespace("istio-system").setEndpointScope(EndpointScope.ALL);
            case "namespace" -> policy.setNamespace(NAMESPACE).setEndpointScope(EndpointScope.NAMESPACE);
            default ->
                policy.setNamespace(NAMESPACE)
                        .addTargets(Target.newBuilder()
                                .setService(ServiceTarget.newBuilder()
                                        .setNamespace(NAMESPACE)
                                        .setHostname(HOST)));
        }
        return policy.build();
    }

    private static Rule allow(int tenant) {
        Source.Builder source = Source.newBuilder();
        switch (tenant % 4) {
            case 0 -> source.addPrincipals("cluster.local/ns/" + namespace(tenant) + "/sa/" + ACCOUNT);
            case 1 -> source.addNamespaces(namespace(tenant));
            case 2 -> source.addServiceAccounts(namespace(tenant) + "/" + ACCOUNT);
            default -> source.addIpBlocks("10.0.0.0/8");
        }
        return Rule.newBuilder()
                .addFrom(Source.newBuilder(source.build()))
                .addTo(Operation.newBuilder()
                        .addMethods("GET")
                        .addMethods("HEAD")
                        .addPaths("/api/v1/tenants/" + tenant + "/*"))
                .build();
    }

    private static Rule deny(int tenant) {
        return Rule.newBuilder()
                .addFrom(Source.newBuilder().addNotNamespaces("finance"))
                .addTo(Operation.newBuilder().addPaths("/api/v1/tenants/" + tenant + "/secrets/{**}"))
                .build();
    }
}
