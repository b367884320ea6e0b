package io.periplus.ztunnel;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.dataplane.telemetry.Counter;
import io.periplus.dataplane.zds.PodRegistry;
import io.periplus.linux.NetworkNamespace;
import io.periplus.wire.zds.WorkloadInfo;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All pods of the node, as the node agent names them. A pod that cannot be served now is kept aside and tried again.
 * What the agent does not mention in a snapshot is stopped; losing the agent stops nothing.
 */
final class PodProxies implements PodRegistry, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PodProxies.class);
    private static final Duration RETRY = Duration.ofSeconds(5);

    private final Node node;
    private final CompletableFuture<?> configured;
    private final Map<String, PodProxy> active = new HashMap<>();
    private final Map<String, Pending> pending = new HashMap<>();
    private final Set<String> mentioned = new HashSet<>();
    /** Those that finish what they have; bounded by the pods deleted within the drain time. */
    private final Set<PodProxy> retiring = new HashSet<>();

    private final ScheduledExecutorService retries;
    private boolean snapshotComplete;
    private boolean closed;
    private final Consumer<Boolean> readiness;
    private @Nullable Counter started;
    private @Nullable Counter stopped;

    private record Pending(Pod pod, NetworkNamespace namespace) {}

    /**
     * @param configured completes when the node knows what to do with connections; until then pods that another proxy
     *     serves are left to it
     * @param readiness told whether every pod of a complete snapshot is served, whenever that may have changed
     */
    PodProxies(Node node, CompletableFuture<?> configured, Consumer<Boolean> readiness) {
        this.node = node;
        this.configured = configured;
        this.readiness = readiness;
        this.retries = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("pod-retries").factory());
        configured.thenRunAsync(this::retryPending, retries);
        retries.scheduleWithFixedDelay(this::retryPending, RETRY.toMillis(), RETRY.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public synchronized void connected() {
        pending.values().forEach(waiting -> close(waiting.namespace));
        pending.clear();
        mentioned.clear();
    }

    @Override
    public synchronized void add(String uid, WorkloadInfo workload, NetworkNamespace namespace) throws IOException {
        Pod pod = new Pod(uid, workload.getNamespace(), workload.getName(), workload.getServiceAccount());
        mentioned.add(uid);
        forgetPending(uid);
        PodProxy running = active.get(uid);
        if (running != null) {
            if (isIn(running, namespace)) {
                return;
            }
            LOG.info("pod {} has another network namespace now; replacing its proxy", pod);
            stop(uid);
        }
        try {
            if (isLeftToPredecessor(namespace)) {
                LOG.info("pod {} is left to the proxy that serves it until there is a configuration", pod);
                pending.put(uid, new Pending(pod, namespace));
                readiness.accept(isReady());
                return;
            }
            start(pod, namespace.duplicate());
        } catch (IOException | RuntimeException e) {
            pending.put(uid, new Pending(pod, namespace));
            readiness.accept(isReady());
            throw e;
        }
        close(namespace);
        readiness.accept(isReady());
    }

    /** Closes {@code namespace} unless it is another one than the proxy is in. */
    private static boolean isIn(PodProxy running, NetworkNamespace namespace) throws IOException {
        boolean other = false;
        try {
            other = !running.isIn(namespace);
            return !other;
        } finally {
            if (!other) {
                close(namespace);
            }
        }
    }

    /**
     * Serves this one pod in the process's own namespace, instead of those that a node agent names.
     *
     * @throws IOException when a port is taken
     */
    synchronized void serveAlone(Pod pod) throws IOException {
        active.put(pod.uid(), new PodProxy(node, pod, null));
        count(started);
        snapshotComplete = true;
        readiness.accept(true);
        LOG.info("pod {} is served, and no other", pod);
    }

    /**
     * With listeners of its own beside its predecessor's, a proxy would take its share of the pod's connections, and could
     * do nothing with them yet. Where there is no predecessor, connections wait better than they are refused.
     */
    private boolean isLeftToPredecessor(NetworkNamespace namespace) throws IOException {
        return !configured.isDone() && namespace.call(PodProxies::isServed);
    }

    private static boolean isTaken(NetworkNamespace namespace) {
        try {
            return namespace.call(PodProxies::isServed);
        } catch (IOException _) {
            return false; // Starting will fail for the same reason, and say so.
        }
    }

    /** Whether somebody listens for tunnels here: the port cannot be bound without sharing it. */
    private static boolean isServed() throws IOException {
        try (SocketChannel probe = SocketChannel.open().setOption(StandardSocketOptions.SO_REUSEADDR, true)) {
            probe.bind(new InetSocketAddress(ProxyPorts.HBONE));
            return false;
        } catch (BindException _) {
            return true;
        }
    }

    private void start(Pod pod, NetworkNamespace namespace) throws IOException {
        if (closed) {
            close(namespace);
            throw new IOException("ztunnel is shutting down");
        }
        if (!node.features().portReuse() && isTaken(namespace)) {
            close(namespace);
            throw new IOException(
                    "port %d is taken, and ports are not shared (INPOD_PORT_REUSE)".formatted(ProxyPorts.HBONE));
        }
        active.put(pod.uid(), new PodProxy(node, pod, namespace));
        count(started);
        LOG.info("pod {} is served", pod);
    }

    @Override
    public synchronized void keep(String uid) {
        mentioned.add(uid);
    }

    @Override
    public synchronized void delete(String uid) {
        mentioned.remove(uid);
        forgetPending(uid);
        // Before the snapshot is complete a deletion only edits it; what runs is sorted out then.
        if (snapshotComplete) {
            retire(uid);
        }
        readiness.accept(isReady());
    }

    @Override
    public synchronized void snapshotSent() {
        List<String> gone =
                active.keySet().stream().filter(uid -> !mentioned.contains(uid)).toList();
        gone.forEach(this::retire);
        snapshotComplete = true;
        readiness.accept(isReady());
        LOG.info("the node agent's snapshot is complete: {} pods served, {} waiting", active.size(), pending.size());
    }

    @Override
    public synchronized void disconnected() {
        snapshotComplete = false;
        readiness.accept(false);
    }

    private synchronized void retryPending() {
        for (Pending waiting : List.copyOf(pending.values())) {
            try {
                if (isLeftToPredecessor(waiting.namespace)) {
                    continue;
                }
                start(waiting.pod, waiting.namespace.duplicate());
                forgetPending(waiting.pod.uid());
            } catch (IOException | RuntimeException e) {
                LOG.warn("pod {} still cannot be served: {}", waiting.pod, e.getMessage());
            }
        }
        readiness.accept(isReady());
    }

    /**
     * Stops a proxy: no new connections from now on, and a short time for those that are open. The node agent has
     * waited until peers know before it asks for this.
     */
    private void retire(String uid) {
        PodProxy proxy = active.remove(uid);
        if (proxy == null) {
            return;
        }
        LOG.info("pod {} is no longer served", proxy.pod());
        count(stopped);
        retiring.add(proxy);
        Thread.ofVirtual().name("retire-" + proxy.pod()).start(() -> {
            try {
                proxy.drain();
                proxy.awaitIdle(node.drain());
            } finally {
                proxy.close();
                forgetRetired(proxy);
            }
        });
    }

    private synchronized void forgetRetired(PodProxy proxy) {
        retiring.remove(proxy);
    }

    private void stop(String uid) {
        PodProxy proxy = active.remove(uid);
        if (proxy != null) {
            LOG.info("pod {} is no longer served", proxy.pod());
            count(stopped);
            proxy.close();
        }
    }

    private void forgetPending(String uid) {
        Pending waiting = pending.remove(uid);
        if (waiting != null) {
            close(waiting.namespace);
        }
    }

    private static void close(NetworkNamespace namespace) {
        try {
            namespace.close();
        } catch (IOException e) {
            LOG.warn("cannot close network namespace {}: {}", namespace, e.getMessage());
        }
    }

    /** Whether every pod of a complete snapshot is served. */
    synchronized boolean isReady() {
        return snapshotComplete && pending.isEmpty();
    }

    /** The pods that are served, by uid. */
    synchronized Map<String, PodProxy> active() {
        return Map.copyOf(active);
    }

    /** The pods that wait to be served, by uid. */
    synchronized Map<String, Pod> waiting() {
        Map<String, Pod> pods = new HashMap<>();
        pending.forEach((uid, waiting) -> pods.put(uid, waiting.pod));
        return pods;
    }

    /** Counts proxies that start and stop from now on. */
    synchronized void countInto(Counter starts, Counter stops) {
        started = starts;
        stopped = stops;
    }

    private static void count(@Nullable Counter counter) {
        if (counter != null) {
            counter.increment();
        }
    }

    /** {@code workloadState} of the configuration dump. */
    ObjectNode toJson() {
        ObjectNode states = JsonNodeFactory.instance.objectNode();
        active().forEach((uid, proxy) -> proxy.describeConnections(describe(states.putObject(uid), "Up", proxy.pod())));
        waiting().forEach((uid, pod) -> describe(states.putObject(uid), "Pending", pod));
        return states;
    }

    /** Returns where its connections belong. */
    private static ObjectNode describe(ObjectNode state, String name, Pod pod) {
        state.put("state", name);
        state.putObject("info")
                .put("name", pod.name())
                .put("namespace", pod.namespace())
                .put("serviceAccount", pod.serviceAccount());
        return state.putObject("connections");
    }

    /** Closes listeners at once and connections when they end, at the latest after {@code atMost}. */
    void drain(Duration atMost) {
        Map<String, PodProxy> draining;
        synchronized (this) {
            closed = true;
            draining = Map.copyOf(active);
        }
        draining.values().forEach(PodProxy::drain);
        List<Thread> waits = draining.values().stream()
                .map(proxy -> Thread.ofVirtual().name("drain-" + proxy.pod()).start(() -> proxy.awaitIdle(atMost)))
                .toList();
        try {
            for (Thread wait : waits) {
                wait.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        retries.shutdownNow();
        List.copyOf(active.keySet()).forEach(this::stop);
        retiring.forEach(PodProxy::close);
        retiring.clear();
        List.copyOf(pending.keySet()).forEach(this::forgetPending);
    }
}
