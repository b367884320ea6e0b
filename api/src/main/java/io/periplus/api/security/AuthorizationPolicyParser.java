package io.periplus.api.security;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.periplus.api.Annotations;
import io.periplus.api.NamespacedName;
import io.periplus.api.security.AuthorizationPolicy.Action;
import io.periplus.api.security.AuthorizationPolicy.Condition;
import io.periplus.api.security.AuthorizationPolicy.Operation;
import io.periplus.api.security.AuthorizationPolicy.Rule;
import io.periplus.api.security.AuthorizationPolicy.Source;
import io.periplus.api.security.AuthorizationPolicy.TargetRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads {@code AuthorizationPolicy} objects. Never throws: what is wrong is said in the result. */
public final class AuthorizationPolicyParser {
    private AuthorizationPolicyParser() {}

    /** Parses one object. */
    public static AuthorizationPolicy parse(GenericKubernetesResource object) {
        ObjectMeta meta = object.getMetadata();
        List<String> problems = new ArrayList<>();
        SpecReader spec = new SpecReader(object.getAdditionalProperties().get("spec"), "spec", problems);

        @Nullable Map<String, String> selector = null;
        if (spec.has("selector")) {
            SpecReader reader = spec.object("selector");
            selector = Objects.requireNonNullElse(reader.textMap("matchLabels"), Map.of());
            reader.end();
        }
        List<TargetRef> targets = new ArrayList<>();
        spec.objects("targetRefs").forEach(ref -> targetRef(ref, targets));
        if (spec.has("targetRef")) {
            SpecReader single = spec.object("targetRef");
            if (targets.isEmpty()) {
                targetRef(single, targets);
            } else {
                spec.problem("targetRef", "set together with targetRefs; keep targetRefs only");
            }
        }
        if (selector != null && !targets.isEmpty()) {
            spec.problem("selector", "set together with targetRefs; a policy has one or the other");
        }
        SpecReader provider = spec.object("provider");
        String providerName = provider.text("name");
        provider.end();
        Action action = action(spec);
        List<Rule> rules = spec.objects("rules").stream()
                .map(AuthorizationPolicyParser::rule)
                .toList();
        spec.end();
        PolicyValidation.validate(action, providerName, rules, problems);

        Map<String, String> annotations = Objects.requireNonNullElse(meta.getAnnotations(), Map.of());
        return new AuthorizationPolicy(
                new NamespacedName(meta.getNamespace(), meta.getName()),
                Objects.requireNonNullElse(meta.getGeneration(), 0L),
                Objects.requireNonNullElse(meta.getCreationTimestamp(), ""),
                selector,
                List.copyOf(targets),
                action,
                providerName,
                "true".equals(annotations.get(Annotations.DRY_RUN)),
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

    private static void targetRef(SpecReader ref, List<TargetRef> into) {
        String group = Objects.requireNonNullElse(ref.text("group"), "");
        String kind = ref.text("kind");
        String name = ref.text("name");
        String namespace = ref.text("namespace");
        ref.end();
        if (kind == null || name == null || name.isEmpty()) {
            ref.problem("", "needs a kind and a name");
            return;
        }
        if (namespace != null && !namespace.isEmpty()) {
            ref.problem("namespace", "targets in other namespaces are not allowed; put the policy beside its target");
        }
        into.add(new TargetRef(group, kind, name));
    }

    private static Rule rule(SpecReader rule) {
        List<Source> from = new ArrayList<>();
        for (SpecReader entry : rule.objects("from")) {
            SpecReader source = entry.object("source");
            if (source.names().isEmpty()) {
                entry.problem("source", "is empty; name at least one field, or leave `from` out to mean anyone");
            }
            from.add(source(source));
            entry.end();
        }
        List<Operation> to = new ArrayList<>();
        for (SpecReader entry : rule.objects("to")) {
            SpecReader operation = entry.object("operation");
            if (operation.names().isEmpty()) {
                entry.problem("operation", "is empty; name at least one field, or leave `to` out to mean anything");
            }
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
