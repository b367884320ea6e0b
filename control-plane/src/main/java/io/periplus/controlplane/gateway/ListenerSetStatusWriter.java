package io.periplus.controlplane.gateway;

import static io.periplus.controlplane.gateway.Json.object;

import io.periplus.api.NamespacedName;
import io.periplus.controlplane.Reconciler;
import io.periplus.controlplane.kube.Applies;
import io.periplus.controlplane.kube.Kinds;
import io.periplus.model.collection.Change;
import io.periplus.model.gateway.ListenerSetStatus;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Writes the status of ListenerSets where it does not say yet what it should. */
public final class ListenerSetStatusWriter {
    private final Applies applies;
    private final Clock clock;
    private final Map<NamespacedName, ListenerSetStatus> wanted = new ConcurrentHashMap<>();
    private final Reconciler<NamespacedName> reconciler = new Reconciler<>("listener-set-status", this::reconcile);

    public ListenerSetStatusWriter(Applies applies, Clock clock) {
        this.applies = applies;
        this.clock = clock;
    }

    /** What does the work. */
    public Reconciler<NamespacedName> reconciler() {
        return reconciler;
    }

    /** Takes note of changes. */
    public void changed(Map<NamespacedName, Change<ListenerSetStatus>> changes) {
        changes.forEach((name, change) -> {
            ListenerSetStatus status = change.after();
            if (status == null) {
                wanted.remove(name);
            } else {
                wanted.put(name, status);
                if (!status.current()) {
                    reconciler.enqueue(name);
                }
            }
        });
    }

    private void reconcile(NamespacedName name) {
        ListenerSetStatus status = wanted.get(name);
        if (status == null || status.current()) {
            return;
        }
        String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        applies.status(
                Kinds.LISTENER_SET,
                name,
                object(
                        "conditions",
                        StatusBody.conditions(status.conditions(), status.written(), now),
                        "listeners",
                        StatusBody.listeners(status.listeners(), status.writtenListeners(), now)),
                GatewayDeployer.MANAGER);
    }
}
