package io.periplus.controlplane.status;

import io.periplus.api.NamespacedName;
import io.periplus.controlplane.kube.BackendTlsStatusObjects;
import io.periplus.model.traffic.BackendTlsStatus;
import java.time.Clock;
import java.time.temporal.ChronoUnit;

/** Writes the status of BackendTLSPolicies where it does not say yet what it should. */
public final class BackendTlsStatusWriter {
    private final BackendTlsStatusObjects objects;
    private final Clock clock;
    private final StatusWriter<NamespacedName, BackendTlsStatus> writer =
            new StatusWriter<>("backend-tls-status", this::write);

    public BackendTlsStatusWriter(BackendTlsStatusObjects objects, Clock clock) {
        this.objects = objects;
        this.clock = clock;
    }

    /** What takes note of changes and does the work. */
    public StatusWriter<NamespacedName, BackendTlsStatus> writer() {
        return writer;
    }

    private void write(BackendTlsStatus status) {
        objects.write(status, clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
    }
}
