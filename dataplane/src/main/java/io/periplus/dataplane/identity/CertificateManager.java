package io.periplus.dataplane.identity;

import io.periplus.api.SpiffeId;
import io.periplus.dataplane.identity.CertificateEntry.Urgency;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds one certificate for each identity in use: fetched once however many ask, renewed at half of its lifetime, kept
 * while it is valid and renewing fails.
 *
 * <pre>
 * (nothing) ── fetch, prefetch ──▶ queued ──▶ running ── issued ──▶ held ── half-life ──▶ queued
 *                                     ▲          │
 *                                     └ 1…150 s ─┘ failed (what is held and valid stays in use)
 * </pre>
 *
 * Few requests run at a time, connections that wait come first; one that finds no valid certificate has the next attempt
 * made at once. State belongs to one thread; requests block on virtual
 * threads.
 */
public final class CertificateManager implements CertificateProvider, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateManager.class);
    /** Enough to hide the authority's latency; more would only queue there. */
    private static final int IN_FLIGHT_MAX = 8;

    /** The least pause between requests for one identity, also for a connection that waits; all identities of a node share {@link #IN_FLIGHT_MAX}. */
    private static final Duration HASTE = Duration.ofSeconds(1);

    private static final Comparator<CertificateEntry> MOST_URGENT_FIRST =
            Comparator.comparing((CertificateEntry entry) -> entry.urgency).thenComparing(entry -> entry.order);

    private final CertificateAuthority authority;
    private final Clock clock;
    private final Map<SpiffeId, CertificateEntry> entries = new ConcurrentHashMap<>();
    private final List<Consumer<WorkloadCertificate>> listeners = new CopyOnWriteArrayList<>();
    private final PriorityQueue<CertificateEntry> queue = new PriorityQueue<>(MOST_URGENT_FIRST);
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("certificates").factory());
    private int inFlight;
    private long orders;

    public CertificateManager(CertificateAuthority authority, Clock clock) {
        this.authority = authority;
        this.clock = clock;
    }

    @Override
    public CompletableFuture<WorkloadCertificate> fetch(SpiffeId identity) {
        WorkloadCertificate held = current(identity);
        if (held != null) {
            return CompletableFuture.completedFuture(held);
        }
        CertificateEntry entry = demand(identity, Urgency.REAL_TIME);
        WorkloadCertificate expired = entry.certificate;
        String failure = entry.failure;
        if (failure == null && expired != null && !expired.isValidAt(clock.instant())) {
            failure = "the one held expired at " + expired.notAfter() + " and is being renewed";
        }
        if (failure != null) {
            onThread(() -> hasten(entry));
            return CompletableFuture.failedFuture(new CertificateException(identity, failure, null));
        }
        return outcome(entry);
    }

    /**
     * What there is, or will be, if there was no failure a moment ago. The first attempt's failure may be over since: an attempt
     * that succeeds leaves its certificate before it takes the failure back.
     */
    CompletableFuture<WorkloadCertificate> outcome(CertificateEntry entry) {
        WorkloadCertificate issued = entry.certificate;
        return issued != null && issued.isValidAt(clock.instant())
                ? CompletableFuture.completedFuture(issued)
                : entry.first.copy();
    }

    /** Fetches the certificate of an identity that will be needed soon, after those that are needed now. */
    public void prefetch(SpiffeId identity) {
        demand(identity, Urgency.WARM_UP);
    }

    /** Drops what is held for an identity that is not in use any more; who still waits gets an error. */
    public void forget(SpiffeId identity) {
        // At once: who wants it from now on finds no entry that is about to go.
        CertificateEntry entry = entries.remove(identity);
        if (entry == null) {
            return;
        }
        onThread(() -> {
            entry.forgotten = true;
            queue.remove(entry);
            cancelTimer(entry);
            entry.first.completeExceptionally(new CertificateException(identity, "no longer needed", null));
        });
    }

    @Override
    public @Nullable WorkloadCertificate current(SpiffeId identity) {
        CertificateEntry entry = entries.get(identity);
        WorkloadCertificate held = entry == null ? null : entry.certificate;
        return held != null && held.isValidAt(clock.instant()) ? held : null;
    }

    @Override
    public Subscription onIssued(Consumer<WorkloadCertificate> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** Everything held or wanted, ordered by identity. */
    public List<CertificateState> states() {
        return entries.values().stream()
                .map(entry -> new CertificateState(entry.identity, entry.certificate, entry.failure))
                .sorted(Comparator.comparing(state -> state.identity().toString()))
                .toList();
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    private CertificateEntry demand(SpiffeId identity, Urgency urgency) {
        CertificateEntry fresh = new CertificateEntry(identity, urgency);
        CertificateEntry entry = entries.computeIfAbsent(identity, key -> fresh);
        if (entry == fresh || (!entry.first.isDone() && entry.urgency.compareTo(urgency) > 0)) {
            onThread(() -> enqueue(entry, urgency));
        }
        return entry;
    }

    private void enqueue(CertificateEntry entry, Urgency urgency) {
        if (entry.forgotten || entry.running) {
            return;
        }
        if (entry.queued) {
            queue.remove(entry);
        }
        boolean waiting = entry.queued && entry.urgency.compareTo(urgency) < 0;
        entry.urgency = waiting ? entry.urgency : urgency;
        entry.order = orders++;
        entry.queued = true;
        queue.add(entry);
        startNext();
    }

    private void startNext() {
        while (inFlight < IN_FLIGHT_MAX && !queue.isEmpty()) {
            CertificateEntry entry = queue.remove();
            entry.queued = false;
            entry.running = true;
            inFlight++;
            Thread.ofVirtual().name("csr-" + entry.identity.serviceAccount()).start(() -> request(entry));
        }
    }

    private void request(CertificateEntry entry) {
        try {
            WorkloadCertificate issued = authority.issue(entry.identity);
            onThread(() -> succeeded(entry, issued));
        } catch (Throwable e) {
            // Errors, too: what is never reported as ended would take its place among those under way for good.
            onThread(() -> failed(entry, e));
        }
    }

    private void succeeded(CertificateEntry entry, WorkloadCertificate issued) {
        finished(entry);
        if (entry.forgotten) {
            return;
        }
        entry.certificate = issued;
        entry.failure = null;
        entry.backoff.reset();
        Duration rest = Duration.between(clock.instant(), issued.renewAt());
        // An authority whose certificates are half over when they come is not asked without a pause.
        schedule(entry, rest.compareTo(HASTE) < 0 ? HASTE : rest);
        LOG.debug("certificate issued: {}", issued);
        for (Consumer<WorkloadCertificate> listener : listeners) {
            try {
                listener.accept(issued);
            } catch (RuntimeException e) {
                LOG.error("{} could not be put to use", issued, e);
            }
        }
        entry.first.complete(issued);
    }

    private void failed(CertificateEntry entry, Throwable why) {
        finished(entry);
        if (entry.forgotten) {
            return;
        }
        String message = why instanceof IOException ? String.valueOf(why.getMessage()) : why.toString();
        Duration pause = entry.backoff.next();
        WorkloadCertificate held = entry.certificate;
        if (held != null) {
            Duration rest = Duration.between(clock.instant(), held.notAfter());
            pause = rest.isPositive() && rest.compareTo(pause) < 0 ? rest : pause;
        }
        entry.failure = message;
        entry.failedNanos = System.nanoTime();
        LOG.warn("no certificate for {}: {}; next attempt in {} ms", entry.identity, message, pause.toMillis());
        schedule(entry, pause);
        entry.first.completeExceptionally(new CertificateException(entry.identity, message, why));
    }

    /**
     * Somebody needs a certificate that there is not: the authority may be back long before a pause that has grown is over.
     */
    private void hasten(CertificateEntry entry) {
        if (!entry.queued && !entry.running && System.nanoTime() - entry.failedNanos >= HASTE.toNanos()) {
            enqueue(entry, Urgency.REAL_TIME);
        }
    }

    private void finished(CertificateEntry entry) {
        entry.running = false;
        inFlight--;
        startNext();
    }

    private void schedule(CertificateEntry entry, Duration delay) {
        cancelTimer(entry);
        long nanos = Math.max(0, delay.toNanos());
        entry.timer = thread.schedule(() -> enqueue(entry, Urgency.BACKGROUND), nanos, TimeUnit.NANOSECONDS);
    }

    private static void cancelTimer(CertificateEntry entry) {
        if (entry.timer != null) {
            entry.timer.cancel(false);
        }
    }

    private void onThread(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("certificate manager is closed", e);
        }
    }
}
