package io.periplus.model.policy;

import io.periplus.api.security.AuthorizationPolicy;
import io.periplus.api.security.EnforcedRules;
import io.periplus.wire.waypoint.Action;
import io.periplus.wire.waypoint.Condition;
import io.periplus.wire.waypoint.EndpointScope;
import io.periplus.wire.waypoint.Operation;
import io.periplus.wire.waypoint.Rule;
import io.periplus.wire.waypoint.Source;
import io.periplus.wire.waypoint.Target;
import java.util.List;

/** From an AuthorizationPolicy to the message that a waypoint compiles; values stay in the user's syntax. */
final class WaypointConversion {
    private WaypointConversion() {}

    /** The message. What is wrong with the policy closes ({@link EnforcedRules}). */
    static io.periplus.wire.waypoint.AuthorizationPolicy convert(
            AuthorizationPolicy policy, EndpointScope scope, List<Target> targets) {
        var message = io.periplus.wire.waypoint.AuthorizationPolicy.newBuilder()
                .setNamespace(policy.key().namespace())
                .setName(policy.key().name())
                .setAction(action(policy))
                .setDryRun(policy.dryRun())
                .addAllTargets(targets)
                .setEndpointScope(scope);
        if (policy.provider() != null) {
            message.setProvider(policy.provider());
        }
        EnforcedRules.of(policy).forEach(rule -> message.addRules(rule(rule)));
        return message.build();
    }

    private static Action action(AuthorizationPolicy policy) {
        return switch (policy.action()) {
            case DENY -> Action.DENY;
            case AUDIT -> Action.AUDIT;
            case CUSTOM -> Action.CUSTOM;
            case ALLOW -> Action.ALLOW;
            case null -> Action.ALLOW;
        };
    }

    private static Rule rule(AuthorizationPolicy.Rule rule) {
        Rule.Builder message = Rule.newBuilder();
        rule.from().forEach(source -> message.addFrom(source(source)));
        rule.to().forEach(operation -> message.addTo(operation(operation)));
        rule.when()
                .forEach(when -> message.addWhen(Condition.newBuilder()
                        .setKey(when.key())
                        .addAllValues(when.values())
                        .addAllNotValues(when.notValues())));
        return message.build();
    }

    private static Source source(AuthorizationPolicy.Source source) {
        return Source.newBuilder()
                .addAllPrincipals(source.principals())
                .addAllNotPrincipals(source.notPrincipals())
                .addAllRequestPrincipals(source.requestPrincipals())
                .addAllNotRequestPrincipals(source.notRequestPrincipals())
                .addAllNamespaces(source.namespaces())
                .addAllNotNamespaces(source.notNamespaces())
                .addAllIpBlocks(source.ipBlocks())
                .addAllNotIpBlocks(source.notIpBlocks())
                .addAllRemoteIpBlocks(source.remoteIpBlocks())
                .addAllNotRemoteIpBlocks(source.notRemoteIpBlocks())
                .addAllServiceAccounts(source.serviceAccounts())
                .addAllNotServiceAccounts(source.notServiceAccounts())
                .addAllTrustDomains(source.trustDomains())
                .addAllNotTrustDomains(source.notTrustDomains())
                .build();
    }

    private static Operation operation(AuthorizationPolicy.Operation operation) {
        return Operation.newBuilder()
                .addAllHosts(operation.hosts())
                .addAllNotHosts(operation.notHosts())
                .addAllPorts(operation.ports())
                .addAllNotPorts(operation.notPorts())
                .addAllMethods(operation.methods())
                .addAllNotMethods(operation.notMethods())
                .addAllPaths(operation.paths())
                .addAllNotPaths(operation.notPaths())
                .build();
    }
}
