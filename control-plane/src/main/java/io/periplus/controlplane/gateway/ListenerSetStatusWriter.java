package io.periplus.controlplane.gateway;

import static io.periplus.controlplane.gateway.Json.object;

import io.periplus.api.NamespacedName;
import io.periplus.controlplane.kube.Applies;
import io.periplus.controlplane.kube.Kinds;
import io.periplus.controlplane.status.StatusWriter;
import io.periplus.model.gateway.ListenerSetStatus;
import java.time.Clock;
import java.time.temporal.ChronoUnit;

/** Writes the status of ListenerSets where it does not say yet what it should. */
public final class ListenerSetStatusWriter {
    private final Applies applies;
    private final Clock clock;
    private final StatusWriter<NamespacedName, ListenerSetStatus> writer =
            new StatusWriter<>("listener-set-status", this::write);

    public ListenerSetStatusWriter(Applies applies, Clock clock) {
        this.applies = applies;
        this.clock = clock;
    }

    /** What takes note of changes and does the work. */
    public StatusWriter<NamespacedName, ListenerSetStatus> writer() {
        return writer;
    }

    private void write(ListenerSetStatus status) {
        String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        applies.status(
                Kinds.LISTENER_SET,
                status.key(),
                object(
                        "conditions",
                        StatusBody.conditions(status.conditions(), status.written(), now),
                        "listeners",
                        StatusBody.listeners(status.listeners(), status.writtenListeners(), now)),
                GatewayDeployer.MANAGER);
    }
}
