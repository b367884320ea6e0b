package io.periplus.dataplane.identity;

import io.periplus.api.SpiffeId;
import io.periplus.dataplane.controlplane.Backoff;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/** What the manager knows about one identity. Written by the manager's thread; the volatile fields are read by all. */
final class CertificateEntry {
    /** Who waits for a fetch decides when it runs. */
    enum Urgency {
        /** A connection waits. */
        REAL_TIME,
        /** A pod of this node will need it. */
        WARM_UP,
        /** A renewal before the old one ends. */
        BACKGROUND
    }

    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(150);

    final SpiffeId identity;
    final Backoff backoff = new Backoff(FIRST_RETRY, LONGEST_RETRY, new SplittableRandom());
    volatile @Nullable WorkloadCertificate certificate;
    volatile @Nullable String failure;
    /** Completed by the first outcome; replaced by none. */
    final CompletableFuture<WorkloadCertificate> first = new CompletableFuture<>();

    Urgency urgency;
    long order;
    boolean queued;
    boolean running;
    boolean forgotten;
    long failedNanos;

    @Nullable
    ScheduledFuture<?> timer;

    CertificateEntry(SpiffeId identity, Urgency urgency) {
        this.identity = identity;
        this.urgency = urgency;
    }
}
