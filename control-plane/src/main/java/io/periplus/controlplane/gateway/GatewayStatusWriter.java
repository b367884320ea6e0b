package io.periplus.controlplane.gateway;

import io.periplus.api.NamespacedName;
import io.periplus.controlplane.Reconciler;
import io.periplus.controlplane.kube.Applies;
import io.periplus.controlplane.kube.Conditions;
import io.periplus.controlplane.kube.Kinds;
import io.periplus.model.collection.Change;
import io.periplus.model.gateway.GatewayStatus;
import io.periplus.model.input.ConditionInput;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
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
        body.put("conditions", conditions(status.conditions(), status.written(), now));
        body.put(
                "listeners",
                status.listeners().stream()
                        .map(listener -> Map.of(
                                "name", listener.name(),
                                "attachedRoutes", 0,
                                "supportedKinds", List.of(),
                                "conditions", conditions(listener.conditions(), List.of(), now)))
                        .toList());
        applies.status(Kinds.GATEWAY, name, body, GatewayDeployer.MANAGER);
    }

    private static List<Map<String, Object>> conditions(
            List<ConditionInput> wanted, List<ConditionInput> written, String now) {
        return wanted.stream()
                .map(condition -> Conditions.write(condition, written, now))
                .toList();
    }
}
