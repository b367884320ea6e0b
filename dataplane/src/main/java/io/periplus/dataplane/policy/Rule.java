package io.periplus.dataplane.policy;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A rule of a policy: its clauses are ANDed, the alternatives of a clause ORed, the conditions of an alternative ANDed.
 * A rule without clauses holds for everything, so does an alternative without conditions.
 *
 * @param index position in the policy as the user wrote it
 * @param allowed the decision when this rule of an ALLOW policy holds, made beforehand
 */
record Rule(int index, List<Clause> clauses, Decision.Allowed allowed) {
    /** The index in decisions that no rule made. */
    static final int NONE = -1;

    /**
     * One of {@code alternatives} has to hold; without any, the clause never holds.
     *
     * @param name {@code from}, {@code to} or {@code when}; empty where the policy's form does not say
     */
    record Clause(String name, List<Alternative> alternatives) {
        boolean test(RequestAttributes attributes) {
            for (int i = 0; i < alternatives.size(); i++) {
                if (alternatives.get(i).test(attributes)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** All {@code conditions} have to hold. */
    record Alternative(List<Condition> conditions) {
        boolean test(RequestAttributes attributes) {
            return firstFailing(attributes) == null;
        }

        @Nullable
        Condition firstFailing(RequestAttributes attributes) {
            for (int i = 0; i < conditions.size(); i++) {
                if (!conditions.get(i).test(attributes)) {
                    return conditions.get(i);
                }
            }
            return null;
        }
    }

    boolean test(RequestAttributes attributes) {
        return clausesThatHold(attributes) == clauses.size();
    }

    /** How many clauses hold before the first that does not. */
    int clausesThatHold(RequestAttributes attributes) {
        int i = 0;
        while (i < clauses.size() && clauses.get(i).test(attributes)) {
            i++;
        }
        return i;
    }

    /** The field of the first condition, which stands for what a matching rule matched on; empty if it has none. */
    String firstField() {
        for (Clause clause : clauses) {
            for (Alternative alternative : clause.alternatives) {
                if (!alternative.conditions.isEmpty()) {
                    return alternative.conditions.getFirst().field();
                }
            }
        }
        return "";
    }

    /** The rule for TCP connections when HTTP conditions are ignored: it holds for more. */
    Rule withoutHttp() {
        return without(Condition::needsHttp);
    }

    /** The rule when conditions about tokens are ignored, which are not known before an authorizer is asked: it holds for more. */
    Rule withoutTokens() {
        return without(condition -> condition instanceof Condition.OfClaim || condition instanceof RequestPrincipals);
    }

    private Rule without(Predicate<Condition> ignored) {
        List<Clause> remaining = clauses.stream()
                .map(clause -> new Clause(
                        clause.name,
                        clause.alternatives.stream()
                                .map(alternative -> new Alternative(alternative.conditions.stream()
                                        .filter(ignored.negate())
                                        .toList()))
                                .toList()))
                .toList();
        return new Rule(index, remaining, allowed);
    }

    /** Whether any condition asks about HTTP. */
    boolean needsHttp() {
        return conditions().anyMatch(Condition::needsHttp);
    }

    /** Whether any condition asks for the server name of the client's own TLS. */
    boolean asksForServerName() {
        return conditions()
                .anyMatch(condition -> condition instanceof Condition.OfText text
                        && text.attribute().equals(TextAttribute.SERVER_NAME));
    }

    private Stream<Condition> conditions() {
        return clauses.stream()
                .flatMap(clause -> clause.alternatives.stream())
                .flatMap(alternative -> alternative.conditions.stream());
    }
}
