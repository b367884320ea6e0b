package io.periplus.dataplane.policy;

import org.jspecify.annotations.Nullable;

/** What the engine decided, and why. Enforcement, access log and explanations all read this one value. */
public sealed interface Decision {
    /** Allowed because no policy of this kind applies. */
    Allowed NO_POLICY = new Allowed(null, Rule.NONE);

    /** Whether traffic may pass. */
    default boolean isAllowed() {
        return this instanceof Allowed;
    }

    /**
     * Traffic may pass.
     *
     * @param policy {@code namespace/name} of the ALLOW policy that matched; {@code null} if there is none at all
     * @param rule index of its rule that matched, or -1
     */
    record Allowed(@Nullable String policy, int rule) implements Decision {}

    /**
     * Traffic is refused.
     *
     * @param cause what kind of refusal
     * @param policy {@code namespace/name} of the policy that decided, or of the ALLOW policy that came nearest;
     *     {@code null} if none can be named
     * @param rule index of its rule, or -1 if the policy has none
     * @param field the field that decided, in the user's terms (such as {@code methods}), or empty
     * @param why one sentence for a person
     */
    record Denied(Cause cause, @Nullable String policy, int rule, String field, String why) implements Decision {
        /** The text that access logs carry. */
        public String logText() {
            return switch (cause) {
                case DENY_POLICY, CUSTOM_POLICY -> "explicitly denied by: " + policy;
                case NOT_ALLOWED -> "allow policies exist, but none allowed";
                case POLICY_MISSING, POLICY_UNREADABLE -> why;
            };
        }

        /** {@link #logText()} as the error of a connection that was never let through. */
        public String connectionError() {
            return "connection closed due to policy rejection: " + logText();
        }
    }

    /** Kinds of refusal. */
    enum Cause {
        /** A DENY policy matched. */
        DENY_POLICY,
        /** ALLOW policies apply and none matched. */
        NOT_ALLOWED,
        /** A CUSTOM policy matched and nobody can be asked. */
        CUSTOM_POLICY,
        /** The workload names a policy that has not arrived. */
        POLICY_MISSING,
        /** A policy that applies cannot be understood. */
        POLICY_UNREADABLE
    }
}
