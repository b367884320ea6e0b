package io.periplus.dataplane.xds;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.periplus.dataplane.controlplane.Backoff;
import io.periplus.dataplane.controlplane.ControlPlaneChannels;
import io.periplus.wire.xds.AggregatedDiscoveryServiceGrpc;
import io.periplus.wire.xds.DeltaDiscoveryRequest;
import io.periplus.wire.xds.DeltaDiscoveryResponse;
import io.periplus.wire.xds.Resource;
import io.periplus.wire.xds.core.Node;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One aggregated delta xDS stream that subscribes to everything of the given types, or to what is asked for of them, and
 * comes back whenever it ends. What was received stays in use meanwhile, and a new stream asks only for the difference.
 *
 * <p>Types are applied in the order of their handlers at first: a later type waits until each earlier one has been
 * received once, so that no address is in use before the policies. After that responses are applied as they come.
 *
 * <pre>
 * idle ── start ──▶ connecting ── first response ──▶ streaming
 *                     ▲    │                             │
 *                     │   ended                        ended
 *                     └──────────── pause ◀───────────────┘     close: stopped, from anywhere
 * </pre>
 *
 * All state belongs to the one thread that also runs the stream's callbacks.
 */
public final class DeltaXdsClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeltaXdsClient.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(10);
    /** A proxy that knows nothing yet is useless: it asks often, so that it is there as soon as its control plane is. */
    private static final Duration LONGEST_FIRST_PAUSE = Duration.ofSeconds(1);

    /** A proxy that has its configuration goes on serving and leaves a struggling control plane alone. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);
    /** Responses of later types that wait for earlier ones: the server sends one per type until it is answered. */
    private static final int DEFERRED_MAX = 64;
    /** How long the thread outlives {@link #close()}, for the last callbacks of the channel. */
    private static final long LINGER_SECONDS = 1;

    private final ControlPlaneChannels channels;
    private final Node node;
    private final List<Subscription> subscriptions = new ArrayList<>();
    private final XdsEvents events;
    private final CompletableFuture<Void> synced = new CompletableFuture<>();
    private final ScheduledExecutorService thread;
    private Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_FIRST_PAUSE, new SplittableRandom());
    private @Nullable Stream stream;
    private boolean stopped;
    private boolean tellsSoon;
    private volatile boolean connected;

    /** @param handlers in the order in which their types have to be known first */
    public DeltaXdsClient(ControlPlaneChannels channels, Node node, List<ResourceHandler> handlers, XdsEvents events) {
        this.channels = channels;
        this.node = node;
        this.events = events;
        handlers.forEach(handler -> subscriptions.add(new Subscription(handler)));
        ThreadFactory factory = Thread.ofPlatform().daemon().name("xds").factory();
        this.thread = Executors.newSingleThreadScheduledExecutor(factory);
    }

    /** Begins to connect; returns at once. */
    public void start() {
        thread.execute(this::connect);
    }

    /**
     * Asks for a resource of a type that is followed on demand, by its name or an alias, now or when there is a stream; the
     * handler is told when it is answered. Returns at once.
     *
     * @return whether there is a stream now
     */
    public boolean ask(String typeUrl, String name) {
        try {
            thread.execute(() -> {
                subscriptions.stream()
                        .filter(subscription -> subscription.typeUrl().equals(typeUrl))
                        .forEach(subscription -> subscription.ask(name));
                if (!tellsSoon) {
                    // Behind what others are asking for at this moment, so that it is one request.
                    tellsSoon = true;
                    thread.execute(this::tell);
                }
            });
            return connected;
        } catch (RejectedExecutionException closed) {
            return false;
        }
    }

    private void tell() {
        tellsSoon = false;
        if (stream != null) {
            stream.tell();
        }
    }

    /** Completes when every type has been received once; from then on the proxy may serve. */
    public CompletableFuture<Void> synced() {
        return synced.copy();
    }

    /** Ends the stream; what was received stays with the handlers. */
    @Override
    public void close() {
        thread.execute(() -> {
            stopped = true;
            if (stream != null) {
                stream.end();
            }
            thread.schedule(thread::shutdown, LINGER_SECONDS, TimeUnit.SECONDS);
        });
    }

    private void connect() {
        if (stopped) {
            return;
        }
        try {
            Stream next = new Stream(channels.open(thread));
            stream = next;
            next.begin();
        } catch (IOException e) {
            Duration pause = backoff.next();
            LOG.warn("xDS: cannot connect to {}: {}; next attempt in {} ms", uri(), e.getMessage(), pause.toMillis());
            events.terminated("ConnectionError");
            thread.schedule(this::connect, pause.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private Object uri() {
        return channels.address().uri();
    }

    /** One connection's life. Callbacks of an older stream are ignored. */
    private final class Stream implements StreamObserver<DeltaDiscoveryResponse> {
        private final ManagedChannel channel;
        private final Deque<DeltaDiscoveryResponse> deferred = new ArrayDeque<>();
        private @Nullable StreamObserver<DeltaDiscoveryRequest> requests;
        private boolean answered;
        private boolean ended;

        Stream(ManagedChannel channel) {
            this.channel = channel;
        }

        void begin() {
            StreamObserver<DeltaDiscoveryRequest> out = AggregatedDiscoveryServiceGrpc.newStub(channel)
                    .withCallCredentials(channels.callHeaders())
                    .deltaAggregatedResources(this);
            requests = out;
            for (Subscription subscription : subscriptions) {
                out.onNext(subscription.open().setNode(node).build());
            }
        }

        void tell() {
            StreamObserver<DeltaDiscoveryRequest> out = requests;
            if (out != null && !ended) {
                subscriptions.stream().flatMap(s -> s.changes().stream()).forEach(out::onNext);
            }
        }

        @Override
        public void onNext(DeltaDiscoveryResponse response) {
            if (ended) {
                return;
            }
            if (!answered) {
                answered = true;
                connected = true;
                backoff.reset();
                LOG.info("xDS: connected to {}", uri());
            }
            events.received(response.getTypeUrl(), bytesOf(response));
            if (subscriptions.stream().noneMatch(s -> s.typeUrl().equals(response.getTypeUrl()))) {
                LOG.warn("xDS: {} sent {}, which nobody asked for; ignored", uri(), response.getTypeUrl());
                return;
            }
            deferred.add(response);
            if (deferred.size() > DEFERRED_MAX) {
                finish("more than " + DEFERRED_MAX + " responses before the first of every type", "Error");
                return;
            }
            applyWhatMay();
        }

        /** Applies responses in order of arrival, leaving those whose earlier types are still missing. */
        private void applyWhatMay() {
            boolean progress = true;
            while (progress) {
                progress = false;
                for (int i = deferred.size(); i > 0; i--) {
                    DeltaDiscoveryResponse response = deferred.removeFirst();
                    Subscription subscription = applicable(response.getTypeUrl());
                    if (subscription == null) {
                        deferred.addLast(response);
                    } else {
                        answer(subscription, response);
                        progress = true;
                    }
                }
            }
        }

        private @Nullable Subscription applicable(String typeUrl) {
            for (Subscription subscription : subscriptions) {
                if (subscription.typeUrl().equals(typeUrl)) {
                    return subscription;
                }
                if (!subscription.isSynced()) {
                    return null;
                }
            }
            return null;
        }

        private void answer(Subscription subscription, DeltaDiscoveryResponse response) {
            DeltaDiscoveryRequest answer = subscription.apply(response);
            if (answer.hasErrorDetail()) {
                LOG.warn(
                        "xDS: rejected of {}: {}",
                        response.getTypeUrl(),
                        answer.getErrorDetail().getMessage());
            }
            if (requests != null) {
                requests.onNext(answer);
            }
            if (subscriptions.stream().allMatch(Subscription::isSynced) && synced.complete(null)) {
                backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE, new SplittableRandom());
            }
        }

        @Override
        public void onError(Throwable failure) {
            Status status = Status.fromThrowable(failure);
            String detail = status.getCode() + ": " + status.getDescription()
                    + (status.getCause() == null ? "" : " (" + rootOf(status.getCause()) + ")");
            finish(detail, answered ? "Error" : "ConnectionError");
        }

        @Override
        public void onCompleted() {
            finish("ended by the control plane", "Complete");
        }

        private void finish(String detail, String reason) {
            if (ended) {
                return;
            }
            end();
            if (stopped) {
                return;
            }
            Duration pause = backoff.next();
            LOG.warn("xDS: stream from {}: {}; next attempt in {} ms", uri(), detail, pause.toMillis());
            events.terminated(reason);
            thread.schedule(DeltaXdsClient.this::connect, pause.toNanos(), TimeUnit.NANOSECONDS);
        }

        void end() {
            ended = true;
            connected = false;
            channel.shutdownNow();
        }
    }

    private static long bytesOf(DeltaDiscoveryResponse response) {
        long bytes = 0;
        for (Resource resource : response.getResourcesList()) {
            bytes += resource.getResource().getValue().size();
        }
        return bytes;
    }

    private static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
