package io.periplus.dataplane.policy;

/**
 * A CUSTOM policy that wants an external authorizer to be asked.
 *
 * @param policy of whose rules one matched
 * @param rule the rule that matched
 */
public record CustomMatch(CompiledPolicy policy, Rule rule) {
    /** The name of the extension provider to ask; empty if the policy names none. */
    public String provider() {
        return policy.provider();
    }

    /** Whether the answer is only counted. */
    public boolean dryRun() {
        return policy.dryRun();
    }

    /** The refusal for want of somebody to ask. */
    public Decision.Denied unanswered() {
        return Refusals.byCustom(policy, rule);
    }
}
