package io.periplus.dataplane.policy;

import java.util.List;

/**
 * What one rule said: its clauses are ANDed.
 *
 * @param index position in the policy, from 0
 * @param leftOut the rule asks about HTTP and the traffic is judged as TCP, so an ALLOW rule cannot hold
 * @param clauses in the user's order; a rule without any holds for everything
 */
public record RuleExplanation(int index, boolean holds, boolean leftOut, List<ClauseExplanation> clauses) {
    /**
     * A clause: its alternatives are ORed.
     *
     * @param name {@code from}, {@code to} or {@code when}; empty where the policy's form does not say
     */
    public record ClauseExplanation(String name, boolean holds, List<AlternativeExplanation> alternatives) {}

    /**
     * One entry of {@code from}, {@code to} or {@code when}: its fields are ANDed.
     *
     * @param fields without those that ask about HTTP where the traffic is judged as TCP
     */
    public record AlternativeExplanation(boolean holds, List<FieldExplanation> fields) {}

    /**
     * A field against the traffic.
     *
     * @param field its name as users write it, such as {@code notMethods} or {@code request.headers[x-team]}
     * @param expected the values of the policy
     * @param negated it holds if none of the values matches
     * @param actual what the traffic has, quoted if it is text, or {@code absent}
     */
    public record FieldExplanation(String field, List<String> expected, boolean negated, String actual, boolean holds) {
        /** What would make the field hold, or fail if it holds. */
        public String opposite() {
            boolean toMatch = holds == negated;
            return field + " would have to be " + (toMatch ? "" : "other than ") + Values.oneOf(expected) + " (is "
                    + actual + ")";
        }
    }
}
