package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.periplus.dataplane.index.IndexStore;
import io.periplus.dataplane.index.WorkloadIndex;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** Who waits for which answer. */
class AnswersTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private final IndexStore index = IndexStore.onDemand();
    private final Answers answers = new Answers(index);

    @Test
    void anAnswerWakesAllThatWaitForItAndNobodyElse() {
        CompletableFuture<WorkloadIndex> first = answers.to("a", LONG);
        CompletableFuture<WorkloadIndex> second = answers.to("a", LONG);
        CompletableFuture<WorkloadIndex> other = answers.to("b", LONG);
        assertThat(first).isNotDone();
        index.answered(List.of("a", "c"));
        assertThat(first).isCompletedWithValueMatching(found -> found.isAnswered("a"));
        assertThat(second).isDone();
        assertThat(other).isNotDone();
    }

    @Test
    void whatIsAnsweredIsThereAtOnceUntilItIsForgotten() {
        index.answered(List.of("a"));
        assertThat(answers.to("a", LONG)).isDone();
        index.forgotten(List.of("a"));
        CompletableFuture<WorkloadIndex> again = answers.to("a", LONG);
        assertThat(again).isNotDone();
        index.answered(List.of("a"));
        assertThat(again).isDone();
    }

    @Test
    void whoGivesUpLeavesTheOthersWaiting() {
        CompletableFuture<WorkloadIndex> patient = answers.to("a", LONG);
        assertThatThrownBy(() -> answers.to("a", Duration.ZERO).get(30, TimeUnit.SECONDS))
                .hasCauseInstanceOf(TimeoutException.class);
        assertThat(patient).isNotDone();
        index.answered(List.of("a"));
        assertThat(patient).isDone();
    }
}
