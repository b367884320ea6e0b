package io.periplus.controlplane.status;

import io.periplus.api.NamespacedName;
import io.periplus.controlplane.Reconciler;
import io.periplus.controlplane.kube.BackendTlsStatusObjects;
import io.periplus.model.collection.Change;
import io.periplus.model.traffic.BackendTlsStatus;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Writes the status of BackendTLSPolicies where it does not say yet what it should. */
public final class BackendTlsStatusWriter {
    private final BackendTlsStatusObjects objects;
    private final Clock clock;
    private final Map<NamespacedName, BackendTlsStatus> wanted = new ConcurrentHashMap<>();
    private final Reconciler<NamespacedName> reconciler = new Reconciler<>("backend-tls-status", this::reconcile);

    public BackendTlsStatusWriter(BackendTlsStatusObjects objects, Clock clock) {
        this.objects = objects;
        this.clock = clock;
    }

    /** What does the work. */
    public Reconciler<NamespacedName> reconciler() {
        return reconciler;
    }

    /** Takes note of changes. */
    public void changed(Map<NamespacedName, Change<BackendTlsStatus>> changes) {
        changes.forEach((key, change) -> {
            BackendTlsStatus status = change.after();
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

    private void reconcile(NamespacedName key) {
        BackendTlsStatus status = wanted.get(key);
        if (status != null && !status.current()) {
            objects.write(
                    status, clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
        }
    }
}
