package io.periplus.controlplane.kube;

import io.fabric8.kubernetes.api.model.Condition;
import io.periplus.model.input.ConditionInput;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Status conditions, read from objects and written as the API expects them. */
public final class Conditions {
    private Conditions() {}

    static List<ConditionInput> read(List<Condition> conditions) {
        return conditions.stream()
                .map(c -> new ConditionInput(
                        Inputs.text(c.getType()),
                        Inputs.text(c.getStatus()),
                        Inputs.text(c.getReason()),
                        Inputs.text(c.getMessage()),
                        c.getObservedGeneration(),
                        Inputs.text(c.getLastTransitionTime())))
                .toList();
    }

    /** Reads them from the body of an object that has no type here. */
    static List<ConditionInput> read(@Nullable Object status) {
        List<ConditionInput> result = new ArrayList<>();
        if (status instanceof Map<?, ?> fields && fields.get("conditions") instanceof List<?> conditions) {
            for (Object item : conditions) {
                if (item instanceof Map<?, ?> c) {
                    result.add(new ConditionInput(
                            string(c, "type"),
                            string(c, "status"),
                            string(c, "reason"),
                            string(c, "message"),
                            c.get("observedGeneration") instanceof Number number ? number.longValue() : null,
                            string(c, "lastTransitionTime")));
                }
            }
        }
        return result;
    }

    /**
     * A condition for an apply; the time of the last transition stays when the status did not change.
     *
     * @param present the object's conditions of now
     * @param now     RFC 3339, whole seconds
     */
    public static Map<String, Object> write(ConditionInput wanted, List<ConditionInput> present, String now) {
        String since = present.stream()
                .filter(c -> c.type().equals(wanted.type()) && c.status().equals(wanted.status()))
                .map(ConditionInput::since)
                .filter(time -> !time.isEmpty())
                .findFirst()
                .orElse(now);
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("type", wanted.type());
        fields.put("status", wanted.status());
        fields.put("reason", wanted.reason());
        fields.put("message", wanted.message());
        fields.put("lastTransitionTime", since);
        if (wanted.observedGeneration() != null) {
            fields.put("observedGeneration", wanted.observedGeneration());
        }
        return fields;
    }

    /** Whether every wanted condition already stands there. */
    public static boolean present(List<ConditionInput> wanted, List<ConditionInput> present) {
        return wanted.stream().allMatch(w -> present.stream().anyMatch(w::sameAs));
    }

    private static String string(Map<?, ?> fields, String key) {
        Object value = fields.get(key);
        return value == null ? "" : String.valueOf(value);
    }
}
