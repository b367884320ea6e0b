package io.periplus.cli.experimental;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.cli.text.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * A policy that a proxy judges by.
 *
 * @param proxy {@code <pod>.<namespace>}; empty for a saved dump
 * @param action as upstream's table has it: DENY, ALLOW, LOG or CUSTOM
 * @param rules how many
 * @param definition the policy as the proxy tells it
 */
record PolicyRow(String proxy, String action, String title, int rules, String appliesTo, JsonNode definition) {
    private static final List<String> ACTIONS = List.of("DENY", "ALLOW", "LOG", "CUSTOM");

    /** Denials first, as upstream prints them. */
    static final Comparator<PolicyRow> ORDER = Comparator.comparing(PolicyRow::proxy)
            .thenComparing(row -> ACTIONS.indexOf(row.action()))
            .thenComparing(PolicyRow::title);

    /** All policies of a proxy's dump. */
    static List<PolicyRow> of(String proxy, JsonNode dump) {
        List<PolicyRow> rows = new ArrayList<>();
        dump.path("policies").forEach(policy -> rows.add(row(proxy, policy)));
        return rows;
    }

    private static PolicyRow row(String proxy, JsonNode policy) {
        String action = Json.text(policy, "/action", "ALLOW").toUpperCase(Locale.ROOT);
        String notes = Json.text(policy, "/unreadable", "").isEmpty()
                ? ""
                : " (cannot be understood: closes what it applies to)";
        if (policy.path("dryRun").asBoolean()) {
            notes += " (dry run)";
        }
        return new PolicyRow(
                proxy,
                action.equals("AUDIT") ? "LOG" : action,
                Json.text(policy, "/name", "") + "." + Json.text(policy, "/namespace", ""),
                policy.path("rules").size(),
                scope(policy) + notes,
                policy);
    }

    private static String scope(JsonNode policy) {
        String namespace = Json.text(policy, "/namespace", "");
        List<String> targets = new ArrayList<>();
        for (JsonNode target : policy.path("targets")) {
            targets.add(
                    target.has("gateway")
                            ? "everything behind this proxy"
                            : Json.text(target, "/service/hostname", "?"));
        }
        if (!targets.isEmpty()) {
            return String.join(", ", targets);
        }
        return switch (Json.text(policy, "/scope", Json.text(policy, "/endpointScope", ""))) {
            case "Global" -> "all workloads";
            case "Namespace" -> "workloads in " + namespace;
            case "WorkloadSelector" -> "workloads that it selects";
            case "ALL" -> "all endpoints";
            case "NAMESPACE" -> "endpoints in " + namespace;
            case "SELECTED" -> "endpoints that it selects";
            default -> "";
        };
    }

    /** Whether the policy is judged for a workload, as the proxy's own index has it. */
    boolean holdsFor(JsonNode workload) {
        String namespace = Json.text(definition, "/namespace", "");
        String key = namespace + "/" + Json.text(definition, "/name", "");
        boolean sameNamespace = namespace.equals(Json.text(workload, "/namespace", ""));
        for (JsonNode target : definition.path("targets")) {
            String service =
                    Json.text(target, "/service/namespace", "") + "/" + Json.text(target, "/service/hostname", "");
            if (target.has("gateway") || contains(workload.path("services"), service)) {
                return true;
            }
        }
        return switch (Json.text(definition, "/scope", Json.text(definition, "/endpointScope", ""))) {
            case "Global", "ALL" -> true;
            case "Namespace", "NAMESPACE" -> sameNamespace;
            case "WorkloadSelector", "SELECTED" -> contains(workload.path("authorizationPolicies"), key);
            default -> false;
        };
    }

    private static boolean contains(JsonNode list, String text) {
        for (JsonNode element : list) {
            if (element.asText().equals(text)) {
                return true;
            }
        }
        return false;
    }

    ObjectNode json() {
        ObjectNode json = Json.MAPPER.createObjectNode();
        if (!proxy.isEmpty()) {
            json.put("proxy", proxy);
        }
        json.put("action", action).put("policy", title).put("rules", rules).put("appliesTo", appliesTo);
        json.set("definition", definition);
        return json;
    }
}
