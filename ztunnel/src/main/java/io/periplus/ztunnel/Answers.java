package io.periplus.ztunnel;

import io.periplus.dataplane.index.IndexChange;
import io.periplus.dataplane.index.IndexStore;
import io.periplus.dataplane.index.WorkloadIndex;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Who waits for the answer to which name. An answer costs what it wakes, however many wait for others. From any thread.
 */
final class Answers {
    /** Those that wait for one name; there as long as somebody does. */
    private static final class Waiting {
        final CompletableFuture<WorkloadIndex> answer = new CompletableFuture<>();
        int waiters;
    }

    private final IndexStore index;
    private final Map<String, Waiting> waiting = new ConcurrentHashMap<>();

    Answers(IndexStore index) {
        this.index = index;
        if (!index.current().isComplete()) {
            index.onChange(this::changed);
        }
    }

    /** The index with the answer, now or later; a {@link java.util.concurrent.TimeoutException} if it takes longer. */
    CompletableFuture<WorkloadIndex> to(String name, Duration atMost) {
        Waiting entry = waiting.compute(name, (_, present) -> {
            Waiting joined = present == null ? new Waiting() : present;
            joined.waiters++;
            return joined;
        });
        CompletableFuture<WorkloadIndex> mine = entry.answer.copy().orTimeout(atMost.toMillis(), TimeUnit.MILLISECONDS);
        mine.whenComplete((_, _) -> leave(name));
        WorkloadIndex current = index.current();
        if (current.isAnswered(name)) {
            entry.answer.complete(current);
        }
        return mine;
    }

    private void leave(String name) {
        waiting.computeIfPresent(name, (_, present) -> --present.waiters == 0 ? null : present);
    }

    private void changed(IndexChange change) {
        for (String name : change.answered()) {
            Waiting entry = waiting.get(name);
            if (entry != null) {
                entry.answer.complete(change.after());
            }
        }
    }
}
