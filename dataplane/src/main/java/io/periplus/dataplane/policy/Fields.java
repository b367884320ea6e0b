package io.periplus.dataplane.policy;

import io.periplus.dataplane.address.Cidr;
import io.periplus.dataplane.policy.Condition.OfServiceAccount.ServiceAccount;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Collects the conditions of one source, operation or when entry; fields without values add none. */
final class Fields {
    private final List<Condition> conditions = new ArrayList<>();

    List<Condition> conditions() {
        return conditions;
    }

    void string(String field, Condition.StringAttribute attribute, List<String> values, boolean negated) {
        string(field, attribute, values, negated, value -> StringMatcher.parse(value, false));
    }

    void string(
            String field,
            Condition.StringAttribute attribute,
            List<String> values,
            boolean negated,
            Function<String, StringMatcher> syntax) {
        if (!values.isEmpty()) {
            conditions.add(new Condition.OfString(field, attribute, matchers(values, syntax), negated));
        }
    }

    void http(
            String field,
            Condition.HttpAttribute attribute,
            List<String> values,
            boolean negated,
            Function<String, StringMatcher> syntax) {
        if (!values.isEmpty()) {
            conditions.add(new Condition.OfHttp(field, attribute, matchers(values, syntax), negated));
        }
    }

    void claim(String field, List<String> path, List<String> values, boolean negated) {
        if (!values.isEmpty()) {
            Function<String, StringMatcher> syntax = value -> StringMatcher.parse(value, false);
            conditions.add(new Condition.OfClaim(field, path, matchers(values, syntax), negated));
        }
    }

    void address(String field, Condition.AddressAttribute attribute, List<String> values, boolean negated) {
        if (!values.isEmpty()) {
            List<Cidr> blocks = values.stream().map(Cidr::parse).toList();
            conditions.add(new Condition.OfAddress(field, attribute, blocks, negated));
        }
    }

    void port(String field, List<String> values, boolean negated) {
        if (!values.isEmpty()) {
            List<Integer> ports = values.stream().map(Fields::parsePort).toList();
            conditions.add(new Condition.OfPort(field, ports, negated));
        }
    }

    /** Values are {@code account}, meaning one of the policy's own namespace, or {@code namespace/account}. */
    void serviceAccount(String field, String policyNamespace, List<String> values, boolean negated) {
        if (!values.isEmpty()) {
            List<ServiceAccount> accounts = values.stream()
                    .map(value -> {
                        int slash = value.indexOf('/');
                        return slash < 0
                                ? new ServiceAccount(policyNamespace, value)
                                : new ServiceAccount(value.substring(0, slash), value.substring(slash + 1));
                    })
                    .toList();
            conditions.add(new Condition.OfServiceAccount(field, accounts, negated));
        }
    }

    private static List<StringMatcher> matchers(List<String> values, Function<String, StringMatcher> syntax) {
        return values.stream().map(syntax).toList();
    }

    private static int parsePort(String text) {
        try {
            int port = Integer.parseInt(text);
            if (port > 0 && port <= 0xffff) {
                return port;
            }
        } catch (NumberFormatException e) {
            // reported below, with the range
        }
        throw new IllegalArgumentException("port \"" + text + "\" (expected: 1 to 65535)");
    }
}
