package io.periplus.api.security;

import io.periplus.api.Cidr;
import io.periplus.api.security.AuthorizationPolicy.Action;
import io.periplus.api.security.AuthorizationPolicy.Condition;
import io.periplus.api.security.AuthorizationPolicy.Operation;
import io.periplus.api.security.AuthorizationPolicy.Rule;
import io.periplus.api.security.AuthorizationPolicy.Source;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a schema cannot say about an AuthorizationPolicy. */
final class PolicyValidation {
    private static final Set<String> KEYS = Set.of(
            "source.ip",
            "remote.ip",
            "source.namespace",
            "source.serviceAccount",
            "source.trustDomain",
            "source.principal",
            "request.auth.principal",
            "request.auth.audiences",
            "request.auth.presenter",
            "destination.ip",
            "destination.port",
            "connection.sni");

    private PolicyValidation() {}

    static void validate(@Nullable Action action, @Nullable String provider, List<Rule> rules, List<String> problems) {
        if ((action == Action.DENY || action == Action.CUSTOM) && rules.isEmpty()) {
            problems.add("spec.rules: a " + action + " policy needs at least one rule; without one it has no effect");
        }
        if (action == Action.CUSTOM && provider == null) {
            problems.add("spec.provider.name: a CUSTOM policy needs the name of an extension provider");
        }
        if (action != Action.CUSTOM && provider != null) {
            problems.add("spec.provider: only a CUSTOM policy has a provider");
        }
        for (int i = 0; i < rules.size(); i++) {
            rule("spec.rules[" + i + "]", rules.get(i), problems);
        }
    }

    private static void rule(String path, Rule rule, List<String> problems) {
        for (int i = 0; i < rule.from().size(); i++) {
            Source source = rule.from().get(i);
            String at = path + ".from[" + i + "].source.";
            ips(at + "ipBlocks", source.ipBlocks(), problems);
            ips(at + "notIpBlocks", source.notIpBlocks(), problems);
            ips(at + "remoteIpBlocks", source.remoteIpBlocks(), problems);
            ips(at + "notRemoteIpBlocks", source.notRemoteIpBlocks(), problems);
            boolean accounts = !source.serviceAccounts().isEmpty()
                    || !source.notServiceAccounts().isEmpty();
            boolean others = !source.principals().isEmpty()
                    || !source.notPrincipals().isEmpty()
                    || !source.namespaces().isEmpty()
                    || !source.notNamespaces().isEmpty();
            if (accounts && others) {
                problems.add(at + "serviceAccounts: cannot be combined with principals or namespaces");
            }
        }
        for (int i = 0; i < rule.to().size(); i++) {
            Operation operation = rule.to().get(i);
            String at = path + ".to[" + i + "].operation.";
            ports(at + "ports", operation.ports(), problems);
            ports(at + "notPorts", operation.notPorts(), problems);
        }
        for (int i = 0; i < rule.when().size(); i++) {
            condition(path + ".when[" + i + "]", rule.when().get(i), problems);
        }
    }

    private static void condition(String at, Condition when, List<String> problems) {
        String key = when.key();
        boolean known = KEYS.contains(key)
                || key.startsWith("request.headers[")
                || key.startsWith("request.auth.claims[")
                || key.startsWith("experimental.envoy.filters.");
        if (!known) {
            problems.add(at + ".key: unknown attribute \"" + key + "\"");
        }
        if (when.values().isEmpty() && when.notValues().isEmpty()) {
            problems.add(at + ": needs values or notValues");
        }
        if (key.endsWith(".ip")) {
            ips(at + ".values", when.values(), problems);
            ips(at + ".notValues", when.notValues(), problems);
        } else if (key.equals("destination.port")) {
            ports(at + ".values", when.values(), problems);
            ports(at + ".notValues", when.notValues(), problems);
        }
    }

    private static void ips(String at, List<String> values, List<String> problems) {
        for (String value : values) {
            if (Cidr.parse(value).isEmpty()) {
                problems.add(at + ": \"" + value + "\" is no IP address and no CIDR block");
            }
        }
    }

    private static void ports(String at, List<String> values, List<String> problems) {
        for (String value : values) {
            if (Ports.parse(value).isEmpty()) {
                problems.add(at + ": \"" + value + "\" is no port number (expected 1 to 65535)");
            }
        }
    }
}
