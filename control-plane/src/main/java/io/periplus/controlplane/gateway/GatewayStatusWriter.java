package io.periplus.controlplane.gateway;

import io.periplus.api.NamespacedName;
import io.periplus.controlplane.kube.Applies;
import io.periplus.controlplane.kube.Kinds;
import io.periplus.controlplane.status.StatusWriter;
import io.periplus.model.gateway.GatewayStatus;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes the status of Gateways where it does not say yet what it should. */
public final class GatewayStatusWriter {
    private final Applies applies;
    private final Clock clock;
    private final StatusWriter<NamespacedName, GatewayStatus> writer =
            new StatusWriter<>("gateway-status", this::write);

    public GatewayStatusWriter(Applies applies, Clock clock) {
        this.applies = applies;
        this.clock = clock;
    }

    /** What takes note of changes and does the work. */
    public StatusWriter<NamespacedName, GatewayStatus> writer() {
        return writer;
    }

    private void write(GatewayStatus status) {
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
        applies.status(Kinds.GATEWAY, status.key(), body, GatewayDeployer.MANAGER);
    }
}
