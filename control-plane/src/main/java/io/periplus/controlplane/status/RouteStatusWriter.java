package io.periplus.controlplane.status;

import io.periplus.controlplane.Reconciler;
import io.periplus.controlplane.kube.Kinds;
import io.periplus.controlplane.kube.RouteStatusObjects;
import io.periplus.model.collection.Change;
import io.periplus.model.input.RouteKey;
import io.periplus.model.route.RouteStatus;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Writes the status of routes where it does not say yet what it should. */
public final class RouteStatusWriter {
    private final RouteStatusObjects objects;
    private final Clock clock;
    private final Map<RouteKey, RouteStatus> wanted = new ConcurrentHashMap<>();
    private final Reconciler<RouteKey> reconciler = new Reconciler<>("route-status", this::reconcile);

    public RouteStatusWriter(RouteStatusObjects objects, Clock clock) {
        this.objects = objects;
        this.clock = clock;
    }

    /** What does the work. */
    public Reconciler<RouteKey> reconciler() {
        return reconciler;
    }

    /** Takes note of changes. */
    public void changed(Map<RouteKey, Change<RouteStatus>> changes) {
        changes.forEach((key, change) -> {
            RouteStatus status = change.after();
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

    private void reconcile(RouteKey key) {
        RouteStatus status = wanted.get(key);
        if (status != null && !status.current()) {
            objects.write(
                    Kinds.route(key.kind()),
                    status,
                    clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
        }
    }
}
