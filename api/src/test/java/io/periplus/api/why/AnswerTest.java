package io.periplus.api.why;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What an answer advises is what turns this answer round. */
class AnswerTest {
    private static Judgement judgement(Verdict verdict) {
        return new Judgement("service a", verdict, "because", "accounts/p", 0, "methods", List.of());
    }

    private static Answer.Builder answer() {
        return new Answer.Builder(new ProxyName("waypoint", "accounts", "w", "node"));
    }

    @Test
    void whatWouldStopAnAllowedRequestDoesNotHelpOneThatFails() {
        Answer failed = answer().judged(judgement(Verdict.ALLOWED), List.of("add a DENY policy"))
                .advise("add a rule")
                .failed("route not found", null);
        assertThat(failed.advice()).containsExactly("add a rule");
    }

    @Test
    void theJudgementThatDecidesIsTheOneToTurn() {
        Answer denied = answer().judged(judgement(Verdict.ALLOWED), List.of("add a DENY policy"))
                .judged(judgement(Verdict.DENIED), List.of("use GET"))
                .build();
        assertThat(denied.advice()).containsExactly("use GET");
        assertThat(denied.decidedBy()).isEqualTo("AuthorizationPolicy accounts/p");
    }

    @Test
    void anAllowedRequestIsStoppedByAnyOfItsJudgements() {
        Answer allowed = answer().judged(judgement(Verdict.ALLOWED), List.of("one"))
                .judged(judgement(Verdict.ALLOWED), List.of("two"))
                .arrives("goes on");
        assertThat(allowed.advice()).containsExactly("one", "two");
    }
}
