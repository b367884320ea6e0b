package io.periplus.model.policy;

import io.periplus.api.security.AuthorizationPolicy.Rule;
import io.periplus.wire.authorization.Group;
import io.periplus.wire.authorization.Match;
import io.periplus.wire.authorization.Rules;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A rule in ztunnel's form: clauses that are ANDed, of matches that are ORed. A match that says nothing stands for what
 * ztunnel cannot ask, and matches nothing there.
 */
record L4Rule(List<Rules> clauses) {
    static L4Rule of(Rule rule, String namespace) {
        List<Rules> clauses = new ArrayList<>();
        add(clauses, rule.to().stream().map(L4Matches::operation));
        add(clauses, rule.from().stream().map(source -> L4Matches.source(source, namespace)));
        rule.when().forEach(condition -> add(clauses, Stream.of(L4Matches.condition(condition, namespace))));
        return new L4Rule(List.copyOf(clauses));
    }

    private static void add(List<Rules> clauses, Stream<Match> matches) {
        Rules clause = Rules.newBuilder().addAllMatches(matches.toList()).build();
        if (clause.getMatchesCount() > 0) {
            clauses.add(clause);
        }
    }

    /** With every match, also those that say nothing. */
    Group asWritten() {
        return Group.newBuilder().addAllRules(clauses).build();
    }

    /**
     * Without the clauses that may hold because of something that ztunnel cannot ask: the rule holds for more. Where no clause
     * would be left, it would hold for everything; it stays as it is written then.
     */
    Group withoutWhatCannotBeAsked() {
        List<Rules> left =
                clauses.stream().filter(clause -> !hasEmptyMatch(clause)).toList();
        return left.isEmpty()
                ? asWritten()
                : Group.newBuilder().addAllRules(left).build();
    }

    /** Whether some of it matches nothing because ztunnel cannot ask it. */
    static boolean hasEmptyMatch(Group group) {
        return group.getRulesList().stream().anyMatch(L4Rule::hasEmptyMatch);
    }

    private static boolean hasEmptyMatch(Rules clause) {
        return clause.getMatchesList().contains(Match.getDefaultInstance());
    }
}
