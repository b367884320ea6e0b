package io.periplus.controlplane.xds;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.periplus.controlplane.Metrics;
import io.periplus.controlplane.auth.Caller;
import io.periplus.wire.xds.DeltaDiscoveryRequest;
import io.periplus.wire.xds.DeltaDiscoveryResponse;
import io.periplus.wire.xds.Resource;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One delta stream. gRPC's threads only hand over requests; a virtual thread of the connection answers and pushes, so
 * everything towards one client is in one order:
 *
 * <pre>
 *   wait for a request, a change, or the grace time of a held request
 *   request: first of its type answered in full, later ones as changes of the subscription
 *   change:  policies that came or changed, then addresses, then policies that went
 * </pre>
 *
 * The first request for addresses is held until the client has asked for its policies too (or has had the time to), so
 * that also a new client knows a policy before an address that names it.
 */
final class DeltaConnection implements StreamObserver<DeltaDiscoveryRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(DeltaConnection.class);
    private static final AtomicLong IDS = new AtomicLong();

    // Clients send the first requests of all types together; this much later there is no second one to wait for.
    private static final Duration GRACE = Duration.ofMillis(200);

    private final long id = IDS.incrementAndGet();
    private final Catalog catalog;
    private final @Nullable Caller caller;
    private final ServerCallStreamObserver<DeltaDiscoveryResponse> out;
    private final Connections connections;
    private final Metrics metrics;
    private final Clock clock;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // gRPC is asked for one request at a time, so there is at most one here.
    private final ArrayDeque<DeltaDiscoveryRequest> requests = new ArrayDeque<>();
    private boolean dirty;
    private boolean closed;

    private final Map<String, Subscription> subscriptions = new LinkedHashMap<>();
    private @Nullable DeltaDiscoveryRequest held;
    private long heldUntilNanos;
    private @Nullable NodeInfo node;
    private long nonces;

    DeltaConnection(
            Catalog catalog,
            @Nullable Caller caller,
            ServerCallStreamObserver<DeltaDiscoveryResponse> out,
            Connections connections,
            Metrics metrics,
            Clock clock) {
        this.catalog = catalog;
        this.caller = caller;
        this.out = out;
        this.connections = connections;
        this.metrics = metrics;
        this.clock = clock;
    }

    void start() {
        out.disableAutoRequest();
        out.setOnCancelHandler(this::close);
        out.setOnReadyHandler(this::wake);
        Thread.ofVirtual().name("xds-" + id).start(this::run);
    }

    @Override
    public void onNext(DeltaDiscoveryRequest request) {
        lock.lock();
        try {
            requests.add(request);
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onError(Throwable t) {
        close();
    }

    @Override
    public void onCompleted() {
        close();
    }

    /** The states of the subscriptions, for debug pages. */
    List<Subscription> subscriptions() {
        return catalog.locked(() -> new ArrayList<>(subscriptions.values()));
    }

    private void close() {
        lock.lock();
        try {
            closed = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    private void wake() {
        lock.lock();
        try {
            dirty = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        Runnable listener = this::wake;
        catalog.listen(listener);
        metrics.counter("pilot_xds_connects_total", "").increment();
        try {
            out.request(1);
            while (step()) {
                // each step is one request or one push
            }
            out.onCompleted();
        } catch (StatusException e) {
            LOG.warn(
                    "xDS stream {} of {} refused: {}", id, caller, e.getStatus().getDescription());
            out.onError(e);
        } catch (InterruptedException e) {
            out.onError(Status.UNAVAILABLE.withDescription("shutting down").asRuntimeException());
        } catch (RuntimeException e) {
            if (!out.isCancelled()) {
                LOG.error("xDS stream {} failed", id, e);
                out.onError(Status.INTERNAL.withDescription("internal error").asRuntimeException());
            }
        } finally {
            catalog.unlisten(listener);
            catalog.locked(() -> {
                subscriptions.values().forEach(Subscription::end);
                return true;
            });
            connections.remove(this);
        }
    }

    private boolean step() throws StatusException, InterruptedException {
        DeltaDiscoveryRequest request;
        boolean answerHeld;
        lock.lock();
        try {
            while (!closed && requests.isEmpty() && !(dirty && out.isReady()) && !graceIsOver()) {
                if (held == null) {
                    changed.await();
                } else {
                    changed.await(heldUntilNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
                }
            }
            if (closed) {
                return false;
            }
            request = requests.poll();
            answerHeld = request == null && graceIsOver();
            if (request == null && !answerHeld) {
                dirty = false;
            }
        } finally {
            lock.unlock();
        }
        if (request != null) {
            handle(request);
            out.request(1);
        } else if (answerHeld) {
            answerHeld();
        } else {
            push();
        }
        return true;
    }

    private boolean graceIsOver() {
        return held != null && heldUntilNanos - System.nanoTime() <= 0;
    }

    private void handle(DeltaDiscoveryRequest request) throws StatusException {
        NodeInfo client = node;
        if (client == null) {
            client = NodeInfo.of(request.getNode(), caller);
            node = client;
            connections.add(this, client);
            LOG.info("xDS stream {} opened by {}", id, client.id());
        }
        // What comes behind the held request is a change of what that one asks for, and there is nothing to wait for.
        if (held != null && held.getTypeUrl().equals(request.getTypeUrl())) {
            answerHeld();
        }
        Subscription subscription = subscriptions.get(request.getTypeUrl());
        if (subscription != null) {
            later(subscription, request);
            check(subscription);
            return;
        }
        boolean policiesFirst = request.getTypeUrl().equals(TypeUrls.ADDRESS)
                && subscriptions.keySet().stream().noneMatch(TypeUrls::isPolicy);
        if (policiesFirst) {
            held = request;
            heldUntilNanos = System.nanoTime() + GRACE.toNanos();
            return;
        }
        first(client, request);
        check(subscriptions.get(request.getTypeUrl()));
        if (held != null && TypeUrls.isPolicy(request.getTypeUrl())) {
            answerHeld();
        }
    }

    private void check(@Nullable Subscription subscription) throws StatusException {
        if (subscription != null && catalog.locked(subscription::isTooLarge)) {
            throw Status.RESOURCE_EXHAUSTED
                    .withDescription("more than " + Subscription.NAMES_MAX + " names of " + subscription.typeUrl()
                            + " are asked for on one stream; ask for everything instead")
                    .asException();
        }
    }

    private void answerHeld() {
        DeltaDiscoveryRequest request = held;
        NodeInfo client = node;
        held = null;
        if (request != null && client != null) {
            first(client, request);
        }
    }

    private void first(NodeInfo client, DeltaDiscoveryRequest request) {
        SetKey key = client.set(request.getTypeUrl());
        SetKey served = key == null ? new SetKey(request.getTypeUrl(), "none") : key;
        if (key == null) {
            LOG.warn(
                    "{} asked for {}, which it is not served; it gets an empty answer",
                    client.id(),
                    request.getTypeUrl());
        }
        Subscription.Delta delta = catalog.locked(() -> {
            Subscription subscription =
                    new Subscription(request.getTypeUrl(), catalog.set(served), client.nodeToFollow());
            subscriptions.put(request.getTypeUrl(), subscription);
            return subscription.start(
                    request.getResourceNamesSubscribeList(),
                    request.getResourceNamesUnsubscribeList(),
                    request.getInitialResourceVersionsMap());
        });
        send(subscriptions.get(request.getTypeUrl()), delta.resources(), delta.removed());
    }

    private void later(Subscription subscription, DeltaDiscoveryRequest request) {
        String type = "type=\"" + TypeUrls.shortName(subscription.typeUrl()) + '"';
        if (request.hasErrorDetail()) {
            String message = request.getErrorDetail().getMessage();
            subscription.error = message;
            metrics.counter("pilot_total_xds_rejects", type).increment();
            LOG.warn("{} refused {}: {}", node == null ? "?" : node.id(), subscription.typeUrl(), message);
            return;
        }
        String nonce = request.getResponseNonce();
        if (!nonce.isEmpty() && !nonce.equals(subscription.nonceSent)) {
            metrics.counter("pilot_xds_expired_nonce", type).increment();
            return;
        }
        if (!nonce.isEmpty()) {
            subscription.nonceAcked = nonce;
            subscription.error = null;
        }
        Subscription.Delta delta = catalog.locked(() -> subscription.update(
                request.getResourceNamesSubscribeList(), request.getResourceNamesUnsubscribeList()));
        if (delta != null) {
            send(subscription, delta.resources(), delta.removed());
        }
    }

    private void push() {
        Map<Subscription, Subscription.Delta> deltas = catalog.locked(() -> {
            Map<Subscription, Subscription.Delta> taken = new LinkedHashMap<>();
            for (Subscription subscription : subscriptions.values()) {
                if (subscription.hasPending()) {
                    taken.put(subscription, subscription.take());
                }
            }
            return taken;
        });
        deltas.forEach((subscription, delta) -> {
            if (TypeUrls.comesFirst(subscription.typeUrl())
                    && !delta.resources().isEmpty()) {
                send(subscription, delta.resources(), List.of());
            }
        });
        deltas.forEach((subscription, delta) -> {
            if (!TypeUrls.comesFirst(subscription.typeUrl()) && !delta.isEmpty()) {
                send(subscription, delta.resources(), delta.removed());
            }
        });
        deltas.forEach((subscription, delta) -> {
            if (TypeUrls.comesFirst(subscription.typeUrl()) && !delta.removed().isEmpty()) {
                send(subscription, List.of(), delta.removed());
            }
        });
    }

    private void send(@Nullable Subscription subscription, List<Resource> resources, List<String> removed) {
        if (subscription == null) {
            return;
        }
        String nonce = id + "-" + ++nonces;
        subscription.nonceSent = nonce;
        subscription.sent = clock.instant();
        out.onNext(DeltaDiscoveryResponse.newBuilder()
                .setTypeUrl(subscription.typeUrl())
                .setNonce(nonce)
                .setSystemVersionInfo(clock.instant().toString())
                .addAllResources(resources)
                .addAllRemovedResources(removed)
                .build());
        metrics.counter("pilot_xds_pushes", "type=\"" + TypeUrls.shortName(subscription.typeUrl()) + '"')
                .increment();
    }
}
