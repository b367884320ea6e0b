package io.periplus.controlplane.kube;

import io.periplus.model.input.ConditionInput;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Status conditions, read from objects and written as the API expects them. */
public final class Conditions {
    private Conditions() {}

    /** The conditions of a status. */
    static List<ConditionInput> read(Tree status) {
        return status.list("conditions").stream()
                .map(c -> new ConditionInput(
                        c.text("type"),
                        c.text("status"),
                        c.text("reason"),
                        c.text("message"),
                        c.numberOrNull("observedGeneration"),
                        c.text("lastTransitionTime")))
                .toList();
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
}
