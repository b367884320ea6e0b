package io.periplus.nodeagent;

import io.periplus.linux.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pods that are about to start: their network is there, their processes are not. What belongs to the mesh is enrolled before
 * its first process can send anything: rules, then ztunnel, then the annotation. If any of it fails the pod does not start, and
 * the runtime tries again with a new network namespace.
 */
final class PodStarts implements PluginSocket.Starts {
    private static final Logger LOG = LoggerFactory.getLogger(PodStarts.class);

    /** A little less than the five seconds after which the plugin gives up, so that it still hears why. */
    static final Duration WITHIN = Duration.ofMillis(4_500);

    private final Pods pods;
    private final Enrolment enrolment;
    private final RedirectionRules rules;
    private final ProbeExemption probes;
    private final Path proc;
    private final Set<String> excludedNamespaces;
    private final boolean captureDns;
    /** The latest attempt to start each pod: an earlier one that is still under way must not win. */
    private final Map<String, PodStart> latest = new ConcurrentHashMap<>();

    /** What is asked of the cluster. */
    interface Pods {
        /**
         * The pod, if it is to be enrolled; null if it is not.
         *
         * @throws IOException if that cannot be known before {@code deadlineNanos}
         */
        @Nullable
        NodePod toEnrol(PodStart start, long deadlineNanos) throws IOException;

        void annotate(NodePod pod, @Nullable String redirection) throws IOException;
    }

    PodStarts(
            Pods pods,
            Enrolment enrolment,
            RedirectionRules rules,
            ProbeExemption probes,
            Path proc,
            Set<String> excludedNamespaces,
            boolean captureDns) {
        this.pods = pods;
        this.enrolment = enrolment;
        this.rules = rules;
        this.probes = probes;
        this.proc = proc;
        this.excludedNamespaces = excludedNamespaces;
        this.captureDns = captureDns;
    }

    @Override
    public void start(PodStart start) throws IOException {
        long deadline = System.nanoTime() + WITHIN.toNanos();
        if (excludedNamespaces.contains(start.namespace())) {
            return;
        }
        NodePod pod = pods.toEnrol(start, deadline);
        if (pod == null) {
            LOG.debug("pod {} starts outside the mesh", start);
            return;
        }
        latest.put(pod.uid(), start);
        try {
            enrol(pod, start, deadline);
        } finally {
            // Not by equality: the next attempt may have the same namespace and addresses.
            latest.computeIfPresent(pod.uid(), (uid, current) -> current == start ? null : current);
        }
    }

    private void enrol(NodePod pod, PodStart start, long deadline) throws IOException {
        NetworkNamespace namespace = NetworkNamespace.open(onNode(start.netns()));
        EnrolledPod enrolled = EnrolledPod.starting(pod, start.addresses(), captureDns, namespace);
        try {
            rules.install(namespace, enrolled.capture());
        } catch (IOException | RuntimeException e) {
            namespace.close();
            throw e;
        }
        CompletableFuture<Void> taken = enrolment.take(enrolled, () -> latest.get(pod.uid()) == start);
        try {
            taken.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            probes.add(enrolled.uid(), enrolled.addresses());
            pods.annotate(pod, Enrolment.ENABLED);
            LOG.info("pod {} starts enrolled", enrolled);
        } catch (TimeoutException e) {
            enrolment.discard(enrolled);
            throw new IOException(
                    enrolment.hasZtunnel()
                            ? "the pod was not enrolled in time; is this node overloaded?"
                            : "no ztunnel is connected; is the ztunnel pod of this node running?",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            enrolment.discard(enrolled);
            throw new IOException("the node agent is about to end", e);
        } catch (ExecutionException e) {
            // Nothing is left of it.
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } catch (IOException | RuntimeException e) {
            enrolment.discard(enrolled);
            throw e;
        }
    }

    /** Where a path of the node is for this process, which is in a container: below the root of the node's first process. */
    private Path onNode(String path) {
        return path.startsWith("/proc/")
                ? proc.resolve(path.substring("/proc/".length()))
                : proc.resolve("1/root" + path);
    }
}
