package io.periplus.controlplane.gateway;

import io.periplus.api.NamespacedName;
import io.periplus.controlplane.Reconciler;
import io.periplus.controlplane.kube.Applies;
import io.periplus.controlplane.kube.Kinds;
import io.periplus.model.collection.Change;
import io.periplus.model.gateway.GatewayStatus;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Writes the status of Gateways where it does not say yet what it should. */
public final class GatewayStatusWriter {
    private final Applies applies;
    private final Clock clock;
    private final Map<NamespacedName, GatewayStatus> wanted = new ConcurrentHashMap<>();
    private final Reconciler<NamespacedName> reconciler = new Reconciler<>("gateway-status", this::reconcile);

    public GatewayStatusWriter(Applies applies, Clock clock) {
        this.applies = applies;
        this.clock = clock;
    }

    /** What does the work. */
    public Reconciler<NamespacedName> reconciler() {
        return reconciler;
    }

    /** Takes note of changes. */
    public void changed(Map<NamespacedName, Change<GatewayStatus>> changes) {
        changes.forEach((name, change) -> {
            GatewayStatus status = change.after();
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
        GatewayStatus status = wanted.get(name);
        if (status == null || status.current()) {
            return;
        }
        String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        Map<String, Object> body = new LinkedHashMap<>();
        if (!status.addresses().isEmpty()) {
            body.put(
                    "addresses",
                    status.addresses().stream()
                            .map(address -> Map.of("type", address.type(), "value", address.value()))
                            .toList());
        }
        body.put("conditions", StatusBody.conditions(status.conditions(), status.written(), now));
        body.put("listeners", StatusBody.listeners(status.listeners(), status.writtenListeners(), now));
        if (status.attachedSets() > 0) {
            body.put("attachedListenerSets", status.attachedSets());
        }
        applies.status(Kinds.GATEWAY, name, body, GatewayDeployer.MANAGER);
    }
}
