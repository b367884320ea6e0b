package io.periplus.dataplane.policy;

import java.util.List;

/**
 * How a decision came about, for a person. The decision is the one that enforcement makes, and every field was compared
 * by the matcher that enforcement uses. Made on demand; enforcement never pays for it.
 *
 * @param decision what enforcement decides about the same attributes under the same snapshot
 * @param policies every policy that was considered, in the order of judgement, then those that decide nothing (AUDIT and
 *     dry run)
 * @param changes what would have to change for the opposite answer, one sentence each, any one of them; empty if nothing
 *     in the traffic or in a policy's rules could
 */
public record Explanation(Decision decision, List<PolicyExplanation> policies, List<String> changes) {}
