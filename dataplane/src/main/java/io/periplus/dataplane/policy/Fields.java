package io.periplus.dataplane.policy;

import io.periplus.dataplane.address.Cidr;
import io.periplus.dataplane.policy.Condition.OfServiceAccount.ServiceAccount;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * Collects the conditions of one source, operation or when entry, whatever form its values arrive in; fields without values
 * add none.
 */
final class Fields {
    private final List<Condition> conditions = new ArrayList<>();

    List<Condition> conditions() {
        return List.copyOf(conditions);
    }

    <T> void text(
            String field, TextAttribute attribute, List<T> values, boolean negated, Function<T, StringMatcher> syntax) {
        if (!values.isEmpty()) {
            conditions.add(new Condition.OfText(field, attribute, matchers(values, syntax, attribute), negated));
        }
    }

    /** Values in the user's syntax: exact, {@code prefix*}, {@code *suffix} or {@code *}. */
    void text(String field, TextAttribute attribute, List<String> values, boolean negated) {
        text(field, attribute, values, negated, value -> StringMatcher.parse(value, attribute.ignoreCase()));
    }

    void header(String field, String name, List<String> values, boolean negated, boolean allowing) {
        if (!values.isEmpty()) {
            List<StringMatcher> matchers = values.stream()
                    .map(value -> StringMatcher.parse(value, false))
                    .toList();
            String key = name.toLowerCase(Locale.ROOT);
            conditions.add(new HeaderCondition(field, key, new TextMatchers(matchers, false), negated, allowing));
        }
    }

    void claim(String field, List<String> path, List<String> values, boolean negated) {
        if (!values.isEmpty()) {
            List<StringMatcher> matchers = values.stream()
                    .map(value -> StringMatcher.parse(value, false))
                    .toList();
            conditions.add(new Condition.OfClaim(field, path, new TextMatchers(matchers, false), negated));
        }
    }

    void requestPrincipal(String field, List<String> values, boolean negated) {
        if (!values.isEmpty()) {
            List<RequestPrincipals.Value> parsed =
                    values.stream().map(RequestPrincipals.Value::parse).toList();
            conditions.add(new RequestPrincipals(field, parsed, negated));
        }
    }

    <T> void address(
            String field,
            Condition.AddressAttribute attribute,
            List<T> values,
            boolean negated,
            Function<T, Cidr> syntax) {
        if (!values.isEmpty()) {
            List<Cidr> blocks = values.stream().map(syntax).toList();
            conditions.add(new Condition.OfAddress(field, attribute, blocks, negated));
        }
    }

    <T> void port(String field, List<T> values, boolean negated, Function<T, Integer> syntax) {
        if (!values.isEmpty()) {
            List<Integer> ports = values.stream().map(syntax).toList();
            conditions.add(new Condition.OfPort(field, ports, negated));
        }
    }

    <T> void serviceAccount(String field, List<T> values, boolean negated, Function<T, ServiceAccount> syntax) {
        if (!values.isEmpty()) {
            List<ServiceAccount> accounts = values.stream().map(syntax).toList();
            conditions.add(new Condition.OfServiceAccount(field, accounts, negated));
        }
    }

    private static <T> TextMatchers matchers(
            List<T> values, Function<T, StringMatcher> syntax, TextAttribute attribute) {
        return new TextMatchers(values.stream().map(syntax).toList(), attribute.ignoreCase());
    }
}
