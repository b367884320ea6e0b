package io.periplus.api.why;

import java.util.List;

/**
 * A policy that was considered.
 *
 * @param policy {@code namespace/name}
 * @param action {@code ALLOW}, {@code DENY}, {@code CUSTOM} or {@code AUDIT}; empty for a policy that has not arrived
 * @param provider that a CUSTOM policy names, empty for others
 * @param outcome {@code matched}, {@code not matched}, {@code unreadable} or {@code missing}
 * @param dryRun whether it only would have decided
 * @param decided whether it made the decision
 * @param why one sentence
 */
public record PolicyCheck(
        String policy,
        String action,
        String provider,
        String outcome,
        boolean dryRun,
        boolean decided,
        String why,
        List<RuleCheck> rules) {}
