package io.periplus.controlplane.status;

import io.periplus.controlplane.Reconciler;
import io.periplus.model.collection.Change;
import io.periplus.model.status.Desired;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Writes the status of one kind of objects where it does not say yet what it should; the newest wish is the one that is
 * written.
 */
public final class StatusWriter<K, S extends Desired> {
    private final Consumer<S> write;
    private final Map<K, S> wanted = new ConcurrentHashMap<>();
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
            } else {
                wanted.put(key, status);
                if (!status.current()) {
                    reconciler.enqueue(key);
                }
            }
        });
    }

    private void reconcile(K key) {
        S status = wanted.get(key);
        if (status != null && !status.current()) {
            write.accept(status);
        }
    }
}
