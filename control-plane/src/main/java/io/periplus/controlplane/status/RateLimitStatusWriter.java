package io.periplus.controlplane.status;

import io.periplus.api.NamespacedName;
import io.periplus.controlplane.kube.RateLimitStatusObjects;
import io.periplus.model.limit.LimitStatus;
import java.time.Clock;
import java.time.temporal.ChronoUnit;

/** Writes the status of RateLimitPolicies where it does not say yet what it should. */
public final class RateLimitStatusWriter {
    private final RateLimitStatusObjects objects;
    private final Clock clock;
    private final StatusWriter<NamespacedName, LimitStatus> writer =
            new StatusWriter<>("rate-limit-status", this::write);

    public RateLimitStatusWriter(RateLimitStatusObjects objects, Clock clock) {
        this.objects = objects;
        this.clock = clock;
    }

    /** What takes note of changes and does the work. */
    public StatusWriter<NamespacedName, LimitStatus> writer() {
        return writer;
    }

    private void write(LimitStatus status) {
        objects.write(status, clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
    }
}
