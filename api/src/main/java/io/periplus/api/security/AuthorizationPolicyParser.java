package io.periplus.api.security;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.periplus.api.Annotations;
import io.periplus.api.ObjectHead;
import io.periplus.api.security.AuthorizationPolicy.Action;
import io.periplus.api.security.AuthorizationPolicy.Condition;
import io.periplus.api.security.AuthorizationPolicy.Operation;
import io.periplus.api.security.AuthorizationPolicy.Rule;
import io.periplus.api.security.AuthorizationPolicy.Source;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code AuthorizationPolicy} objects. Never throws: what is wrong is said in the result. */
public final class AuthorizationPolicyParser {
    private AuthorizationPolicyParser() {}

    /** Parses one object. */
    public static AuthorizationPolicy parse(GenericKubernetesResource object) {
        return parse(
                ObjectHead.of(object.getMetadata()),
                object.getAdditionalProperties().get("spec"));
    }

    /** Parses one object of which this is the {@code spec}: maps, lists and plain values. */
    public static AuthorizationPolicy parse(ObjectHead head, @Nullable Object body) {
        List<String> problems = new ArrayList<>();
        SpecReader spec = new SpecReader(body, "spec", problems);

        Attached attached = Attached.read(spec);
        SpecReader provider = spec.object("provider");
        String providerName = provider.text("name");
        provider.end();
        Action action = action(spec);
        List<Rule> rules = spec.objects("rules").stream()
                .map(AuthorizationPolicyParser::rule)
                .toList();
        spec.end();
        PolicyValidation.validate(action, providerName, rules, problems);

        return new AuthorizationPolicy(
                head.key(),
                head.generation(),
                head.created(),
                attached.selector(),
                attached.targetRefs(),
                action,
                providerName,
                "true".equals(head.annotations().get(Annotations.DRY_RUN)),
                rules,
                List.copyOf(problems));
    }

    private static @Nullable Action action(SpecReader spec) {
        String text = spec.text("action");
        if (text == null) {
            return Action.ALLOW;
        }
        for (Action action : Action.values()) {
            if (action.name().equals(text)) {
                return action;
            }
        }
        spec.problem("action", "unknown action \"" + text + "\" (expected ALLOW, DENY, AUDIT or CUSTOM)");
        return null;
    }

    private static Rule rule(SpecReader rule) {
        List<Source> from = new ArrayList<>();
        for (SpecReader entry : rule.objects("from")) {
            SpecReader source = entry.object("source");
            from.add(source(source));
            entry.end();
        }
        List<Operation> to = new ArrayList<>();
        for (SpecReader entry : rule.objects("to")) {
            SpecReader operation = entry.object("operation");
            to.add(operation(operation));
            entry.end();
        }
        List<Condition> when = new ArrayList<>();
        for (SpecReader entry : rule.objects("when")) {
            String key = entry.text("key");
            Condition condition =
                    new Condition(key == null ? "" : key, entry.texts("values"), entry.texts("notValues"));
            entry.end();
            when.add(condition);
        }
        rule.end();
        return new Rule(List.copyOf(from), List.copyOf(to), List.copyOf(when));
    }

    private static Source source(SpecReader reader) {
        Source source = new Source(
                reader.texts("principals"),
                reader.texts("notPrincipals"),
                reader.texts("requestPrincipals"),
                reader.texts("notRequestPrincipals"),
                reader.texts("namespaces"),
                reader.texts("notNamespaces"),
                reader.texts("ipBlocks"),
                reader.texts("notIpBlocks"),
                reader.texts("remoteIpBlocks"),
                reader.texts("notRemoteIpBlocks"),
                reader.texts("serviceAccounts"),
                reader.texts("notServiceAccounts"),
                reader.texts("trustDomains"),
                reader.texts("notTrustDomains"));
        reader.end();
        return source;
    }

    private static Operation operation(SpecReader reader) {
        Operation operation = new Operation(
                reader.texts("hosts"),
                reader.texts("notHosts"),
                reader.texts("ports"),
                reader.texts("notPorts"),
                reader.texts("methods"),
                reader.texts("notMethods"),
                reader.texts("paths"),
                reader.texts("notPaths"));
        reader.end();
        return operation;
    }
}
