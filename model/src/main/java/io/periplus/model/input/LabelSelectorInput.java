package io.periplus.model.input;

import java.util.List;
import java.util.Map;

/** A label selector: all equalities and all expressions must hold. */
public record LabelSelectorInput(Map<String, String> matchLabels, List<Expression> matchExpressions) {

    /** An expression; operator {@code In}, {@code NotIn}, {@code Exists} or {@code DoesNotExist}. */
    public record Expression(String key, String operator, List<String> values) {
        boolean matches(Map<String, String> labels) {
            String value = labels.get(key);
            return switch (operator) {
                case "In" -> value != null && values.contains(value);
                case "NotIn" -> value == null || !values.contains(value);
                case "Exists" -> value != null;
                case "DoesNotExist" -> value == null;
                default -> false;
            };
        }
    }

    /** Whether the selector selects an object with these labels. */
    public boolean matches(Map<String, String> labels) {
        return Selectors.matches(matchLabels, labels)
                && matchExpressions.stream().allMatch(expression -> expression.matches(labels));
    }
}
