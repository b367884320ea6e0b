package io.periplus.controlplane.status;

import io.periplus.controlplane.Reconciler;
import io.periplus.model.collection.Change;
import io.periplus.model.status.Desired;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Writes the status of one kind of objects where it does not say yet what it should; the newest wish is the one that is
 * written.
 */
public final class StatusWriter<K, S extends Desired> {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    /** Once in half a minute for what an API server will not have. */
    private static final int DOUBLINGS_MAX = 5;

    private final Consumer<S> write;
    private final Map<K, S> wanted = new ConcurrentHashMap<>();
    /** How often a status was written since it was last seen to be as it should. */
    private final Map<K, Integer> unseen = new ConcurrentHashMap<>();

    private final Reconciler<K> reconciler;

    /**
     * A writer.
     *
     * @param name  for logs and the thread
     * @param write writes one status; may block, may throw
     */
    public StatusWriter(String name, Consumer<S> write) {
        this.write = write;
        this.reconciler = new Reconciler<>(name, this::reconcile);
    }

    /** What does the work. */
    public Reconciler<K> reconciler() {
        return reconciler;
    }

    /** Takes note of changes. */
    public void changed(Map<K, Change<S>> changes) {
        changes.forEach((key, change) -> {
            S status = change.after();
            if (status == null) {
                wanted.remove(key);
                unseen.remove(key);
            } else {
                wanted.put(key, status);
                if (status.current()) {
                    unseen.remove(key);
                } else {
                    reconciler.enqueue(key);
                }
            }
        });
    }

    private void reconcile(K key) {
        S status = wanted.get(key);
        if (status != null && !status.current()) {
            write.accept(status);
            // A watch may leave out what was written and overwritten in between (by the control plane that this one
            // replaces): then nothing changes here, and nothing is right. So it is looked at until it has been seen.
            int writes = unseen.merge(key, 1, Integer::sum);
            reconciler.enqueueIn(key, LOOK_AGAIN.multipliedBy(1L << Math.min(writes - 1, DOUBLINGS_MAX)));
        }
    }
}
