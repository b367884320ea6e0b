package io.periplus.dataplane.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one policy said about the traffic.
 *
 * @param policy {@code namespace/name}
 * @param action what a matching rule does; {@code null} for a policy that has not been received
 * @param provider the external authorizer that a CUSTOM policy names, otherwise empty
 * @param dryRun it is reported, and decides nothing
 * @param outcome whether it matched
 * @param decided whether the decision names it
 * @param rules as the user wrote them; empty for a policy that cannot be judged
 * @param why one sentence
 */
public record PolicyExplanation(
        String policy,
        CompiledPolicy.@Nullable Action action,
        String provider,
        boolean dryRun,
        Outcome outcome,
        boolean decided,
        List<RuleExplanation> rules,
        String why) {
    /** What became of a policy. */
    public enum Outcome {
        /** One of its rules holds. */
        MATCHED,
        /** None of its rules holds. */
        NOT_MATCHED,
        /** It cannot be understood, which closes what it applies to. */
        UNREADABLE,
        /** The workload names it and it has not arrived, which closes the workload. */
        MISSING
    }
}
