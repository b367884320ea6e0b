package io.periplus.model.input;

import org.jspecify.annotations.Nullable;

/**
 * A status condition.
 *
 * @param observedGeneration null when not said
 * @param since              time of the last transition (RFC 3339); empty in a condition that is wished for
 */
public record ConditionInput(
        String type,
        String status,
        String reason,
        String message,
        @Nullable Long observedGeneration,
        String since) {

    /** A condition to be written, without a generation. */
    public static ConditionInput of(String type, boolean status, String reason, String message) {
        return new ConditionInput(type, status ? "True" : "False", reason, message, null, "");
    }

    /** The same for a generation of the object. */
    public ConditionInput observed(long generation) {
        return new ConditionInput(type, status, reason, message, generation, since);
    }

    /** Whether a present condition already says what this one says. */
    public boolean sameAs(ConditionInput present) {
        return type.equals(present.type)
                && status.equals(present.status)
                && reason.equals(present.reason)
                && message.equals(present.message)
                && (observedGeneration == null || observedGeneration.equals(present.observedGeneration));
    }
}
