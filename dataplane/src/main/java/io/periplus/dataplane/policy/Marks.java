package io.periplus.dataplane.policy;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What policies say that decide nothing: AUDIT policies, and those in dry run, which are judged as an engine of their own.
 *
 * @param audited keys of the AUDIT policies of which a rule holds
 * @param deny of the DENY policies in dry run; {@code null} if none applies
 * @param allow of the ALLOW policies in dry run; {@code null} if none applies
 */
public record Marks(
        List<String> audited,
        @Nullable DryRun deny,
        @Nullable DryRun allow) {
    /**
     * What would have been decided by the dry-run policies of one action alone.
     *
     * @param allowed that the traffic passes
     * @param policy key of the policy that matched; {@code null} if none did
     * @param rule its rule, or -1
     */
    public record DryRun(boolean allowed, @Nullable String policy, int rule) {
        /** {@code allowed} or {@code denied}, as Envoy's shadow engine says it. */
        public String result() {
            return allowed ? "allowed" : "denied";
        }

        /** What matched, in Istio's words; empty if nothing did. */
        public String matched() {
            if (policy == null) {
                return "";
            }
            int slash = policy.indexOf('/');
            return "ns[" + policy.substring(0, slash) + "]-policy[" + policy.substring(slash + 1) + "]-rule[" + rule
                    + "]";
        }
    }

    /** What two judgements of the same traffic say together; {@code null} if neither says anything. */
    public static @Nullable Marks both(@Nullable Marks first, @Nullable Marks second) {
        if (first == null || second == null) {
            return first == null ? second : first;
        }
        Set<String> audited = new TreeSet<>(first.audited);
        audited.addAll(second.audited);
        return new Marks(List.copyOf(audited), both(first.deny, second.deny), both(first.allow, second.allow));
    }

    private static @Nullable DryRun both(@Nullable DryRun first, @Nullable DryRun second) {
        return first == null || second != null && !second.allowed ? second : first;
    }
}
