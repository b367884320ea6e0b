package io.periplus.policytest;

import io.periplus.api.why.Judgement;
import io.periplus.api.why.Verdict;
import io.periplus.dataplane.explain.Judgements;
import io.periplus.dataplane.policy.CustomMatch;
import io.periplus.dataplane.policy.Explanation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What became of a case so far: the judgements on its way, and what they come to. */
final class Journey {
    private final List<Judgement> judgements = new ArrayList<>();
    private final List<String> advice = new ArrayList<>();
    private Verdict verdict = Verdict.ALLOWED;
    private String reason = "no policy applies";

    boolean goesOn() {
        return verdict == Verdict.ALLOWED;
    }

    /** Policies were judged there. */
    void judged(String point, Explanation explanation) {
        Judgement judgement = Judgements.of(point, explanation);
        judgements.add(judgement);
        if (judgement.verdict() != Verdict.ALLOWED) {
            verdict = judgement.verdict();
            advice.clear();
        }
        if (judgement.verdict() != Verdict.ALLOWED || judgement.policy() != null) {
            reason = "at " + point + ": " + judgement.why();
        }
        explanation.changes().stream()
                .filter(change -> !advice.contains(change))
                .forEach(advice::add);
    }

    /** The request was refused, and not by a policy. */
    void stopped(String point, String why) {
        verdict = Verdict.DENIED;
        reason = why;
        judgements.add(new Judgement(point, verdict, why, null, -1, "", List.of()));
    }

    /**
     * An external authorizer was asked.
     *
     * @param answer whether it allows; null where nobody says
     * @return whether the case goes on
     */
    boolean asked(String proxy, CustomMatch match, @Nullable Boolean answer) {
        if (Boolean.TRUE.equals(answer)) {
            return true;
        }
        verdict = answer == null ? Verdict.UNDECIDED : Verdict.DENIED;
        String key = match.policy().key();
        reason = proxy + ", CUSTOM policy " + key + " asks provider " + match.provider()
                + (answer == null
                        ? "; say in the case what it answers (authorizer: allow or deny, or {" + match.provider()
                                + ": allow})"
                        : ", which refuses");
        judgements.add(new Judgement(proxy + ", authorizer", verdict, reason, key, -1, "", List.of()));
        return false;
    }

    Result result(Case given) {
        String by = given.by();
        boolean named = by == null
                || judgements.stream()
                        .filter(judgement -> judgement.verdict() == verdict)
                        .anyMatch(judgement -> by.equals(judgement.policy()));
        boolean asExpected = verdict == (given.allowed() ? Verdict.ALLOWED : Verdict.DENIED);
        String expected = (given.allowed() ? "allow" : "deny") + (by == null ? "" : " by " + by);
        String problem = !asExpected
                ? "expected " + expected + ", it is " + verdict.name().toLowerCase(Locale.ROOT)
                : named ? null : "expected " + expected + ", another policy decides";
        return new Result(
                given.name(),
                given.where(),
                expected,
                verdict,
                reason,
                List.copyOf(judgements),
                List.copyOf(advice),
                problem);
    }
}
