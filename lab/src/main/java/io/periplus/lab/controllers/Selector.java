package io.periplus.lab.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A label selector: every requirement holds. Made from {@code metav1.LabelSelector} or a plain map of labels. */
record Selector(List<Requirement> requirements) {
    /**
     * One condition on one label, as in label selectors and node selectors.
     *
     * @param operator In, NotIn, Exists, DoesNotExist, Gt or Lt
     */
    record Requirement(String key, String operator, Set<String> values) {
        static Requirement of(JsonNode node) {
            var values = new TreeSet<String>();
            node.path("values").forEach(v -> values.add(v.asText()));
            return new Requirement(
                    node.path("key").asText(), node.path("operator").asText(), values);
        }

        boolean matches(@Nullable String value) {
            return switch (operator) {
                case "In" -> value != null && values.contains(value);
                case "NotIn" -> value == null || !values.contains(value);
                case "Exists" -> value != null;
                case "DoesNotExist" -> value == null;
                case "Gt" ->
                    value != null && number(value) > number(values.iterator().next());
                case "Lt" ->
                    value != null && number(value) < number(values.iterator().next());
                default ->
                    throw new IllegalArgumentException(
                            "operator: " + operator + " (expected: In, NotIn, Exists, DoesNotExist, Gt or Lt)");
            };
        }

        private static long number(String text) {
            return Long.parseLong(text);
        }
    }

    /** From {@code matchLabels} and {@code matchExpressions}. */
    static Selector of(JsonNode labelSelector) {
        var requirements =
                new ArrayList<>(ofLabels(labelSelector.path("matchLabels")).requirements());
        labelSelector.path("matchExpressions").forEach(e -> requirements.add(Requirement.of(e)));
        return new Selector(List.copyOf(requirements));
    }

    /** From a map, each label of which has to be there. */
    static Selector ofLabels(JsonNode map) {
        return new Selector(Meta.strings(map).entrySet().stream()
                .map(e -> new Requirement(e.getKey(), "In", Set.of(e.getValue())))
                .toList());
    }

    boolean matches(Map<String, String> labels) {
        return requirements.stream().allMatch(r -> r.matches(labels.get(r.key())));
    }

    boolean matches(JsonNode object) {
        return matches(Meta.labels(object));
    }
}
