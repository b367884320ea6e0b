package io.periplus.api.security;

import io.periplus.api.Cidr;
import io.periplus.api.security.AuthorizationPolicy.Action;
import io.periplus.api.security.AuthorizationPolicy.Condition;
import io.periplus.api.security.AuthorizationPolicy.Operation;
import io.periplus.api.security.AuthorizationPolicy.Rule;
import io.periplus.api.security.AuthorizationPolicy.Source;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a schema cannot say about an AuthorizationPolicy: whatever proxies could not judge, or never would. */
final class PolicyValidation {
    /** As many as the field's documentation allows. */
    private static final int ACCOUNTS_MAX = 16;

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

    private static final String FILTERS = "experimental.envoy.filters.";
    private static final String TOKENS = "request.auth.";
    private static final String ASKED_BEFORE =
            "a CUSTOM policy cannot ask about tokens: its provider is asked before the request's token is read";

    private final @Nullable Action action;
    private final List<String> problems;

    private PolicyValidation(@Nullable Action action, List<String> problems) {
        this.action = action;
        this.problems = problems;
    }

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
        PolicyValidation validation = new PolicyValidation(action, problems);
        for (int i = 0; i < rules.size(); i++) {
            validation.rule("spec.rules[" + i + "]", rules.get(i));
        }
    }

    private void rule(String path, Rule rule) {
        for (int i = 0; i < rule.from().size(); i++) {
            source(path + ".from[" + i + "].source", rule.from().get(i));
        }
        for (int i = 0; i < rule.to().size(); i++) {
            operation(path + ".to[" + i + "].operation", rule.to().get(i));
        }
        for (int i = 0; i < rule.when().size(); i++) {
            condition(path + ".when[" + i + "]", rule.when().get(i));
        }
    }

    private void source(String at, Source source) {
        each(at + ".principals", source.principals(), PolicyValidation::principal);
        each(at + ".notPrincipals", source.notPrincipals(), PolicyValidation::principal);
        each(at + ".ipBlocks", source.ipBlocks(), PolicyValidation::block);
        each(at + ".notIpBlocks", source.notIpBlocks(), PolicyValidation::block);
        each(at + ".remoteIpBlocks", source.remoteIpBlocks(), PolicyValidation::block);
        each(at + ".notRemoteIpBlocks", source.notRemoteIpBlocks(), PolicyValidation::block);
        accounts(at + ".serviceAccounts", source.serviceAccounts());
        accounts(at + ".notServiceAccounts", source.notServiceAccounts());
        boolean accounts = !source.serviceAccounts().isEmpty()
                || !source.notServiceAccounts().isEmpty();
        boolean others = !source.principals().isEmpty()
                || !source.notPrincipals().isEmpty()
                || !source.namespaces().isEmpty()
                || !source.notNamespaces().isEmpty();
        if (accounts && others) {
            problems.add(at + ".serviceAccounts: cannot be combined with principals or namespaces");
        }
        if (action == Action.CUSTOM) {
            none(at + ".requestPrincipals", source.requestPrincipals());
            none(at + ".notRequestPrincipals", source.notRequestPrincipals());
        }
        if (source.fields().allMatch(List::isEmpty)) {
            empty(at, "`from` out to mean anyone");
        }
    }

    private void operation(String at, Operation operation) {
        each(at + ".ports", operation.ports(), PolicyValidation::port);
        each(at + ".notPorts", operation.notPorts(), PolicyValidation::port);
        each(at + ".paths", operation.paths(), PolicyValidation::path);
        each(at + ".notPaths", operation.notPaths(), PolicyValidation::path);
        if (operation.fields().allMatch(List::isEmpty)) {
            empty(at, "`to` out to mean anything");
        }
    }

    // Where something else is wrong with it, that is said already.
    private void empty(String at, String otherwise) {
        if (problems.stream().noneMatch(problem -> problem.startsWith(at))) {
            problems.add(at + ": is empty; name at least one field, or leave " + otherwise);
        }
    }

    private void condition(String at, Condition when) {
        String key = when.key();
        if (!KEYS.contains(key) && !isIndexed(key)) {
            problems.add(at + ".key: unknown attribute \"" + key + "\"");
        }
        if (action == Action.CUSTOM && key.startsWith(TOKENS)) {
            problems.add(at + ".key: " + ASKED_BEFORE);
        }
        if (when.values().isEmpty() && when.notValues().isEmpty()) {
            problems.add(at + ": needs values or notValues");
        }
        switch (key) {
            case "source.serviceAccount" -> {
                accounts(at + ".values", when.values());
                accounts(at + ".notValues", when.notValues());
            }
            case "source.ip", "remote.ip", "destination.ip" -> both(at, when, PolicyValidation::block);
            case "destination.port" -> both(at, when, PolicyValidation::port);
            case "source.principal" -> both(at, when, PolicyValidation::principal);
            default -> {}
        }
    }

    private void both(String at, Condition when, Function<String, @Nullable String> check) {
        each(at + ".values", when.values(), check);
        each(at + ".notValues", when.notValues(), check);
    }

    /** Keys that end with a name in brackets, or several. */
    private static boolean isIndexed(String key) {
        int open = key.indexOf('[');
        boolean known = key.startsWith("request.headers[")
                || key.startsWith("request.auth.claims[")
                || key.startsWith(FILTERS) && open > FILTERS.length();
        return known && key.endsWith("]") && open + 1 < key.length() - 1;
    }

    private void each(String at, List<String> values, Function<String, @Nullable String> check) {
        for (String value : values) {
            String problem = check.apply(value);
            if (problem != null) {
                problems.add(at + ": \"" + value + "\" " + problem);
            }
        }
    }

    private void accounts(String at, List<String> values) {
        if (values.size() > ACCOUNTS_MAX) {
            problems.add(at + ": has " + values.size() + " values (expected: at most " + ACCOUNTS_MAX + ")");
        }
        each(at, values, PolicyValidation::account);
    }

    private void none(String at, List<String> values) {
        if (!values.isEmpty()) {
            problems.add(at + ": " + ASKED_BEFORE);
        }
    }

    private static @Nullable String block(String value) {
        return Cidr.parse(value).isEmpty() ? "is no IP address and no CIDR block" : null;
    }

    private static @Nullable String port(String value) {
        return Ports.parse(value).isEmpty() ? "is no port number (expected 1 to 65535)" : null;
    }

    private static @Nullable String principal(String value) {
        return value.startsWith("spiffe://") ? "matches nobody: principals are written without spiffe://" : null;
    }

    private static @Nullable String account(String value) {
        return value.matches("([^/*]+/)?[^/*]+")
                ? null
                : "is no service account (expected: <account> or <namespace>/<account>, without *)";
    }

    /** As proxies read templates: {@code {*}} for one segment, and {@code {**}} for any number, after which none may stand. */
    private static @Nullable String path(String value) {
        if (!value.contains("{*}") && !value.contains("{**}")) {
            return null;
        }
        boolean open = false;
        for (String segment : value.split("/", -1)) {
            boolean operator = segment.equals("{*}") || segment.equals("{**}");
            if (operator && open) {
                return "has " + segment + " after {**}, which is to be the last of them";
            }
            if (!operator && Stream.of("{", "}", "*").anyMatch(segment::contains)) {
                return "is no path template: segment \"" + segment + "\" (expected: a literal, {*} or {**})";
            }
            open |= segment.equals("{**}");
        }
        return null;
    }
}
