package io.periplus.nodeagent;

import io.periplus.api.Labels;
import io.periplus.linux.NetworkNamespace;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings every pod of the node to where it should be. One thread owns all state.
 *
 * <p>A pod's states: <em>free</em> → ztunnel listens inside it → rules written → <em>enrolled</em> (annotated) →
 * annotated <em>pending</em>, rules gone, annotation gone, ztunnel still listens → <em>lingering</em>, for clients that have
 * not heard yet → ztunnel told, <em>free</em>. In this order no connection finds a door without somebody behind it, and a pod
 * without rules never says that it is enrolled, wherever an agent ends. A failed step is repeated with growing pauses.
 *
 * <p>A pod that is annotated and not wanted is released also if this agent did not enrol it: the label may have gone while no
 * agent was there, or the annotation may be a copy.
 *
 * <p>A pod that no ztunnel can take now is <em>pending</em>: its rules are written all the same, because what belongs to
 * the mesh is rather cut off for a moment than exposed without identity and policy. It is enrolled as soon as a ztunnel
 * takes it.
 *
 * <p>A pod that starts in the mesh comes by {@link #take} before its first process, with its rules written, and is enrolled or
 * not started: see {@link PodStarts}. What the API says of it later finds it enrolled.
 */
final class Enrolment implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Enrolment.class);
    private static final long RETRY_MILLIS_MIN = 5;
    private static final long RETRY_MILLIS_MAX = 5_000;
    private static final long LIVENESS_SECONDS = 5;
    private static final long PRUNING_PAUSE_SECONDS = 1;
    /** Less than three failed probes of the usual ten seconds, after which a kubelet restarts a container. */
    private static final long PROBES_LOOK_SECONDS = 15;

    static final String ENABLED = "enabled";
    private static final String PENDING = "pending";

    private final Cluster cluster;
    private final PodNamespaces namespaces;
    private final RedirectionRules rules;
    private final ProbeExemption probes;
    private final boolean captureDns;
    private final boolean reconciles;
    private final Duration linger;
    private final Ztunnels ztunnels = new Ztunnels();
    private final Map<String, EnrolledPod> served = new HashMap<>();
    /** Of {@link #served}: the pods that no ztunnel has taken yet. */
    private final Set<String> pending = new HashSet<>();

    /** Those who asked for them wait a few seconds at most. */
    private final List<Starting> awaitingZtunnel = new ArrayList<>();

    /** Of {@link #served}: the pods whose release has begun, which need all of their enrolment again if they are to stay. */
    private final Set<String> leaving = new HashSet<>();

    /** Of {@link #leaving}: those of which only ztunnel is not told yet. */
    private final Map<String, Long> lingeringUntilNanos = new HashMap<>();

    private final Map<String, Long> retryMillis = new HashMap<>();
    private final Set<String> queued = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService owner = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("enrolment").factory());

    private record Starting(EnrolledPod pod, BooleanSupplier current, CompletableFuture<Void> taken) {}

    /** What the enrolment asks of, and writes to, the cluster. */
    interface Cluster {
        /** The pod with this uid on this node, or null when it is gone. */
        @Nullable
        NodePod pod(String uid);

        boolean wanted(NodePod pod);

        /** Sets the annotation {@code ambient.istio.io/redirection}, or removes it for null. */
        void annotate(NodePod pod, @Nullable String redirection) throws IOException;
    }

    /** @param reconciles whether the rules of pods that an earlier agent enrolled are written anew */
    Enrolment(
            Cluster cluster,
            PodNamespaces namespaces,
            RedirectionRules rules,
            ProbeExemption probes,
            boolean captureDns,
            boolean reconciles,
            Duration linger) {
        this.cluster = cluster;
        this.namespaces = namespaces;
        this.rules = rules;
        this.probes = probes;
        this.captureDns = captureDns;
        this.reconciles = reconciles;
        this.linger = linger;
        owner.scheduleWithFixedDelay(ztunnels::dropLost, LIVENESS_SECONDS, LIVENESS_SECONDS, TimeUnit.SECONDS);
        owner.scheduleWithFixedDelay(this::restoreProbes, PROBES_LOOK_SECONDS, PROBES_LOOK_SECONDS, TimeUnit.SECONDS);
    }

    private void restoreProbes() {
        try {
            probes.restoreIfLost();
        } catch (IOException | RuntimeException e) {
            LOG.warn("the node's rules for probes: {}; looking again in {} s", e.getMessage(), PROBES_LOOK_SECONDS);
        }
    }

    /** Looks at a pod again, soon; any thread. */
    void changed(String uid) {
        if (queued.add(uid)) {
            owner.execute(() -> look(uid));
        }
    }

    /** Takes over a connection; any thread. */
    void connected(ZtunnelConnection connection, Supplier<Set<String>> podsToKeep) {
        owner.execute(() -> {
            Set<String> keep = new HashSet<>(podsToKeep.get());
            keep.removeAll(served.keySet());
            try {
                List<EnrolledPod> refused = ztunnels.connected(connection, served.values(), keep);
                Set<String> again = new HashSet<>(retryMillis.keySet());
                again.addAll(pending);
                pending.clear();
                refused.forEach(pod -> pending.add(pod.uid()));
                again.addAll(pending);
                again.forEach(this::changed);
                List<Starting> starting = List.copyOf(awaitingZtunnel);
                awaitingZtunnel.clear();
                starting.forEach(this::take);
            } catch (IOException e) {
                LOG.warn("a ztunnel connected and was lost at once: {}", e.getMessage());
                close(connection);
            }
        });
    }

    /** Looks at a pod before any ztunnel that connects later is told of the node's pods; any thread. */
    void adopt(NodePod pod) {
        owner.execute(() -> look(pod.uid()));
    }

    /**
     * Ends the exemption from capture of addresses that earlier agents left and no enrolled pod has. Waits until each of these
     * pods has an address, for otherwise it could be one of those; any thread.
     *
     * @param enrolled the node's pods that say they are enrolled
     */
    void pruneProbes(Supplier<List<NodePod>> enrolled) {
        owner.execute(() -> {
            List<NodePod> pods = enrolled.get();
            try {
                if (pods.stream().noneMatch(pod -> pod.addresses().isEmpty())) {
                    probes.retain(pods.stream()
                            .flatMap(pod -> pod.addresses().stream())
                            .toList());
                    return;
                }
            } catch (IOException e) {
                LOG.warn("addresses of probed pods: {}", e.getMessage());
            }
            owner.schedule(() -> pruneProbes(enrolled), PRUNING_PAUSE_SECONDS, TimeUnit.SECONDS);
        });
    }

    /**
     * Has ztunnel serve a pod that is about to start, whose rules are written; waits for a ztunnel if none is there. It takes the
     * place of an earlier attempt to start the same pod. An attempt that is given up has to be {@link #discard}ed.
     *
     * @param pod whose namespace is closed if that fails
     * @param current whether this is still the latest attempt; asked on the owner's thread
     */
    CompletableFuture<Void> take(EnrolledPod pod, BooleanSupplier current) {
        CompletableFuture<Void> taken = new CompletableFuture<>();
        Starting starting = new Starting(pod, current, taken);
        owner.execute(() -> {
            if (ztunnels.isConnected()) {
                take(starting);
            } else {
                awaitingZtunnel.add(starting);
            }
        });
        return taken;
    }

    private void take(Starting starting) {
        try {
            take(starting.pod(), starting.current().getAsBoolean());
            starting.taken().complete(null);
        } catch (IOException | RuntimeException e) {
            starting.taken().completeExceptionally(e);
        }
    }

    private void take(EnrolledPod pod, boolean current) throws IOException {
        if (!current) {
            pod.namespace().close();
            throw new IOException("given up, or the runtime has begun anew");
        }
        EnrolledPod earlier = served.get(pod.uid());
        if (earlier != null) {
            probes.remove(pod.uid());
            drop(pod.uid());
        }
        served.put(pod.uid(), pod);
        try {
            ztunnels.add(pod);
        } catch (IOException e) {
            discardNow(pod);
            throw e;
        }
        // The API may have said meanwhile that the pod is gone, when there was nothing here to forget.
        changed(pod.uid());
    }

    /** Forgets a pod that does not start after all; any thread. */
    void discard(EnrolledPod pod) {
        owner.execute(() -> {
            try {
                if (awaitingZtunnel.removeIf(starting -> starting.pod() == pod)) {
                    pod.namespace().close();
                }
                discardNow(pod);
            } catch (IOException e) {
                LOG.warn("pod {}: {}", pod, e.getMessage());
            }
        });
    }

    private void discardNow(EnrolledPod pod) throws IOException {
        if (served.get(pod.uid()) == pod) {
            ztunnels.delete(pod.uid());
            probes.remove(pod.uid());
            drop(pod.uid());
        }
    }

    /** Whether a pod could be served now; any thread. */
    boolean hasZtunnel() {
        return ztunnels.isConnected();
    }

    private void look(String uid) {
        queued.remove(uid);
        try {
            NodePod pod = cluster.pod(uid);
            if (pod == null || served.containsKey(uid) && pod.hasEnded()) {
                forget(uid);
            } else if (!pod.runs() && !isPreparedInside(pod) && !isAboutToEnd(pod)) {
                retryMillis.remove(uid);
                return;
            } else if (cluster.wanted(pod)) {
                enrol(uid, pod);
            } else if (served.containsKey(uid) || isMarked(pod)) {
                release(uid, pod);
            }
            retryMillis.remove(uid);
        } catch (IOException | RuntimeException e) {
            long pause = retryMillis.merge(uid, RETRY_MILLIS_MIN, (old, min) -> Math.min(old * 2, RETRY_MILLIS_MAX));
            LOG.warn("pod {}: {}; next attempt in {} ms", uid, e.getMessage(), pause);
            owner.schedule(() -> changed(uid), pause, TimeUnit.MILLISECONDS);
        }
    }

    /** Whether a pod that does not run yet was enrolled when it started: its init containers may be at work. */
    private boolean isPreparedInside(NodePod pod) {
        return pod.starts() && (served.containsKey(pod.uid()) || isAnnotated(pod, ENABLED));
    }

    /** Whether it is of the mesh and being deleted: until its processes have ended it is served, also by those who come now. */
    private boolean isAboutToEnd(NodePod pod) {
        return pod.deleting() && !pod.hasEnded() && (served.containsKey(pod.uid()) || isMarked(pod));
    }

    private void enrol(String uid, NodePod pod) throws IOException {
        lingeringUntilNanos.remove(uid);
        boolean returns = leaving.contains(uid);
        EnrolledPod enrolled = served.get(uid);
        // What is told of a pod that has just started may be from before it was annotated.
        boolean announced = isAnnotated(pod, ENABLED) || pod.starts();
        if (enrolled != null && !pending.contains(uid) && !returns && announced) {
            // It may have been adopted before the API knew them.
            probes.addUnowned(uid, pod.addresses());
            return;
        }
        if (enrolled == null) {
            NetworkNamespace namespace = namespaces.open(uid);
            if (namespace == null && (pod.starts() || pod.deleting())) {
                return;
            }
            if (namespace == null) {
                throw new IOException("no process of the pod is found under /proc");
            }
            enrolled = EnrolledPod.of(pod, captureDns, namespace);
            served.put(uid, enrolled);
            // Enrolled by an earlier process: a ztunnel serves it, or will hear of it when it connects.
            if (!isAnnotated(pod, ENABLED) || ztunnels.isConnected()) {
                pending.add(uid);
            }
        }
        if (pending.contains(uid)) {
            handOver(enrolled, pod);
        }
        // Also for pods that were enrolled before: their rules may be of an older version, the exemption lost.
        if (reconciles || returns || !isAnnotated(pod, ENABLED)) {
            capture(enrolled);
        } else {
            probes.add(uid, enrolled.addresses());
        }
        if (!isAnnotated(pod, ENABLED) || returns) {
            cluster.annotate(pod, ENABLED);
        }
        leaving.remove(uid);
        LOG.info("pod {} enrolled", enrolled);
    }

    private void handOver(EnrolledPod enrolled, NodePod pod) throws IOException {
        try {
            ztunnels.add(enrolled);
            pending.remove(enrolled.uid());
        } catch (IOException e) {
            if (!isAnnotated(pod, PENDING)) {
                capture(enrolled);
                cluster.annotate(pod, PENDING);
            }
            throw e;
        }
    }

    private void capture(EnrolledPod enrolled) throws IOException {
        // In this order: a probe that was led to ztunnel would find it listening and take that for the application.
        probes.add(enrolled.uid(), enrolled.addresses());
        rules.replace(enrolled.namespace(), enrolled.capture());
    }

    private void release(String uid, NodePod pod) throws IOException {
        EnrolledPod enrolled = served.get(uid);
        if (enrolled == null) {
            enrolled = adoptUnwanted(pod);
        }
        if (enrolled == null) {
            cluster.annotate(pod, null);
            return;
        }
        Long until = lingeringUntilNanos.get(uid);
        if (until == null) {
            leaving.add(uid);
            cluster.annotate(pod, PENDING);
            rules.stopCapturing(enrolled.namespace());
            probes.remove(uid);
            cluster.annotate(pod, null);
            lingeringUntilNanos.put(uid, System.nanoTime() + linger.toNanos());
            owner.schedule(() -> changed(uid), linger.toMillis(), TimeUnit.MILLISECONDS);
            LOG.info("pod {} released", enrolled);
        } else if (System.nanoTime() - until >= 0) {
            ztunnels.delete(uid);
            rules.remove(enrolled.namespace());
            // If it was released while it started, these may have come later.
            probes.remove(uid);
            if (isMarked(pod)) {
                cluster.annotate(pod, null);
            }
            drop(uid);
        }
    }

    /** Null if there is nothing of the mesh in it. */
    private @Nullable EnrolledPod adoptUnwanted(NodePod pod) throws IOException {
        // The node's own namespace is nobody's to clean up.
        NetworkNamespace namespace = pod.hostNetwork() ? null : namespaces.open(pod.uid());
        if (namespace == null) {
            if (pod.runs() && !pod.hostNetwork()) {
                throw new IOException("no process of the pod is found under /proc");
            }
            return null;
        }
        EnrolledPod enrolled = EnrolledPod.of(pod, captureDns, namespace);
        served.put(pod.uid(), enrolled);
        pending.add(pod.uid());
        if (ztunnels.isConnected()) {
            try {
                ztunnels.add(enrolled);
                pending.remove(pod.uid());
            } catch (IOException e) {
                LOG.warn("pod {} is released without a ztunnel behind it: {}", pod, e.getMessage());
            }
        }
        return enrolled;
    }

    private void forget(String uid) throws IOException {
        EnrolledPod enrolled = served.get(uid);
        if (enrolled != null) {
            ztunnels.delete(uid);
            probes.remove(uid);
            drop(uid);
            LOG.info("pod {} is gone", enrolled);
        }
    }

    private void drop(String uid) throws IOException {
        lingeringUntilNanos.remove(uid);
        leaving.remove(uid);
        pending.remove(uid);
        EnrolledPod enrolled = served.remove(uid);
        if (enrolled != null) {
            enrolled.namespace().close();
        }
    }

    /** Whether it says that it is of the mesh, or was to be. */
    private static boolean isMarked(NodePod pod) {
        return isAnnotated(pod, ENABLED) || isAnnotated(pod, PENDING);
    }

    private static boolean isAnnotated(NodePod pod, String redirection) {
        return redirection.equals(pod.annotations().get(Labels.REDIRECTION));
    }

    private static void close(ZtunnelConnection connection) {
        try {
            connection.close();
        } catch (IOException e) {
            LOG.debug("closing a lost connection", e);
        }
    }

    @Override
    public void close() {
        owner.shutdownNow();
    }
}
