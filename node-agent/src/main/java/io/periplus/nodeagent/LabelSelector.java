package io.periplus.nodeagent;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A Kubernetes label selector: all of its requirements have to hold, and none does for every object. */
record LabelSelector(List<Requirement> requirements) {
    static final LabelSelector ALL = new LabelSelector(List.of());

    private enum Operator {
        IN("In"),
        NOT_IN("NotIn"),
        EXISTS("Exists"),
        DOES_NOT_EXIST("DoesNotExist");

        private final String text;

        Operator(String text) {
            this.text = text;
        }

        static @Nullable Operator of(@Nullable Object text) {
            for (Operator operator : values()) {
                if (operator.text.equals(text)) {
                    return operator;
                }
            }
            return null;
        }
    }

    private record Requirement(String key, Operator operator, List<String> values) {
        boolean holds(Map<String, String> labels) {
            String value = labels.get(key);
            return switch (operator) {
                case IN -> value != null && values.contains(value);
                case NOT_IN -> value == null || !values.contains(value);
                case EXISTS -> value != null;
                case DOES_NOT_EXIST -> value == null;
            };
        }
    }

    /** The label has this value. */
    static LabelSelector of(String key, String value) {
        return new LabelSelector(List.of(new Requirement(key, Operator.IN, List.of(value))));
    }

    /** The label does not have this value. */
    static LabelSelector not(String key, String value) {
        return new LabelSelector(List.of(new Requirement(key, Operator.NOT_IN, List.of(value))));
    }

    /** @param from what it stands in, for the message of what cannot be used */
    static LabelSelector read(String from, @Nullable Object selector) {
        List<Requirement> requirements = new ArrayList<>();
        for (Map.Entry<?, ?> field : mapping(from, selector).entrySet()) {
            switch (String.valueOf(field.getKey())) {
                case "matchLabels" ->
                    mapping(from, field.getValue())
                            .forEach((key, value) -> requirements.add(
                                    new Requirement(key.toString(), Operator.IN, List.of(String.valueOf(value)))));
                case "matchExpressions" -> {
                    for (Object expression : list(from, field.getValue())) {
                        requirements.add(requirement(from, mapping(from, expression)));
                    }
                }
                default ->
                    throw new IllegalArgumentException(
                            "%s: %s (expected: matchLabels or matchExpressions)".formatted(from, field.getKey()));
            }
        }
        return new LabelSelector(List.copyOf(requirements));
    }

    private static Requirement requirement(String from, Map<?, ?> expression) {
        Operator operator = Operator.of(expression.get("operator"));
        if (operator == null || expression.get("key") == null) {
            throw new IllegalArgumentException("%s: %s (expected: key and operator In, NotIn, Exists or DoesNotExist)"
                    .formatted(from, expression));
        }
        List<String> values = list(from, expression.get("values")).stream()
                .map(String::valueOf)
                .toList();
        return new Requirement(String.valueOf(expression.get("key")), operator, values);
    }

    private static Map<?, ?> mapping(String from, @Nullable Object value) {
        return switch (value) {
            case null -> Map.of();
            case Map<?, ?> map -> map;
            case Object other ->
                throw new IllegalArgumentException("%s: %s (expected: a mapping)".formatted(from, other));
        };
    }

    private static List<?> list(String from, @Nullable Object value) {
        return switch (value) {
            case null -> List.of();
            case List<?> list -> list;
            case Object other -> throw new IllegalArgumentException("%s: %s (expected: a list)".formatted(from, other));
        };
    }

    boolean fits(Map<String, String> labels) {
        return requirements.stream().allMatch(requirement -> requirement.holds(labels));
    }
}
