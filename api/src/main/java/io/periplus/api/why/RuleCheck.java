package io.periplus.api.why;

import java.util.List;

/**
 * How one rule of a policy fared; all of its clauses have to match.
 *
 * @param index of the rule in the policy, from 0
 * @param leftOut whether it speaks of HTTP and the traffic is judged as bytes, so that it cannot match
 * @param clauses empty for a rule that matches everything
 */
public record RuleCheck(int index, boolean matched, boolean leftOut, List<Clause> clauses) {
    /**
     * A {@code from}, {@code to} or {@code when}; one of its entries has to match.
     *
     * @param name empty where the policy's form does not say
     */
    public record Clause(String name, boolean matched, List<Entry> entries) {}

    /** An entry of a clause; all of its fields have to match. */
    public record Entry(boolean matched, List<FieldCheck> fields) {}
}
