package io.periplus.nodeagent;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Conditions, all of which have to hold, and then an action. */
record Rule(List<Term> terms) {
    static Rule of(Term... terms) {
        return new Rule(List.of(terms));
    }

    boolean isOf(Family family) {
        return terms.stream().allMatch(term -> term.family() == null || term.family() == family);
    }

    String nftables() {
        return joined(Term::nftables);
    }

    String iptables() {
        return joined(Term::iptables);
    }

    private String joined(Function<Term, String> language) {
        return terms.stream().map(language).collect(Collectors.joining(" "));
    }
}
