package io.periplus.controlplane.status;

import io.periplus.controlplane.kube.Kinds;
import io.periplus.controlplane.kube.RouteStatusObjects;
import io.periplus.model.input.RouteKey;
import io.periplus.model.route.RouteStatus;
import java.time.Clock;
import java.time.temporal.ChronoUnit;

/** Writes the status of routes where it does not say yet what it should. */
public final class RouteStatusWriter {
    private final RouteStatusObjects objects;
    private final Clock clock;
    private final StatusWriter<RouteKey, RouteStatus> writer = new StatusWriter<>("route-status", this::write);

    public RouteStatusWriter(RouteStatusObjects objects, Clock clock) {
        this.objects = objects;
        this.clock = clock;
    }

    /** What takes note of changes and does the work. */
    public StatusWriter<RouteKey, RouteStatus> writer() {
        return writer;
    }

    private void write(RouteStatus status) {
        objects.write(
                Kinds.route(status.key().kind()),
                status,
                clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
    }
}
