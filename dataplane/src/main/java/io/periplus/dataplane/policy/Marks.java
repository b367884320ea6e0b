package io.periplus.dataplane.policy;

import java.util.List;
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
    public record DryRun(boolean allowed, @Nullable String policy, int rule) {}
}
