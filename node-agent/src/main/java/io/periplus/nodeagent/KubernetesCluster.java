package io.periplus.nodeagent;

import io.periplus.api.Labels;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The node's pods and all namespaces, watched; the annotation, written. */
final class KubernetesCluster implements Enrolment.Cluster, PodStarts.Pods, AutoCloseable {
    private static final int NOT_FOUND = 404;

    private final KubeApi api;
    private final EnrolmentRules rules;
    private final Informer<NodePod> pods;
    private final Informer<NodeNamespace> namespaces;
    private final Changes changes = new Changes();
    private volatile Consumer<String> listener = uid -> {};

    KubernetesCluster(KubeApi api, String node, EnrolmentRules rules) {
        this.api = api;
        this.rules = rules;
        String ofNode = "fieldSelector=" + URLEncoder.encode("spec.nodeName=" + node, StandardCharsets.UTF_8);
        this.pods = new Informer<>(api, "/api/v1/pods", ofNode, NodePod::of, this::podChanged);
        this.namespaces = new Informer<>(api, "/api/v1/namespaces", "", NodeNamespace::of, this::namespaceChanged);
    }

    /** Lists, then watches; {@code changed} is called with a pod's uid whenever it or its namespace changed. */
    void start(Consumer<String> changed) throws InterruptedException {
        listener = changed;
        namespaces.start();
        pods.start();
    }

    private void podChanged(NodePod pod) {
        changes.happened();
        listener.accept(pod.uid());
    }

    private void namespaceChanged(NodeNamespace namespace) {
        changes.happened();
        for (NodePod pod : pods.all()) {
            if (pod.namespace().equals(namespace.name())) {
                listener.accept(pod.uid());
            }
        }
    }

    /** The node's pods that say they are enrolled, also those that are being deleted: their processes may take their time to end. */
    List<NodePod> annotated() {
        return pods.all().stream()
                .filter(pod -> !pod.hasEnded())
                .filter(pod -> "enabled".equals(pod.annotations().get(Labels.REDIRECTION)))
                .toList();
    }

    /** Their uids. */
    Set<String> annotatedUids() {
        return annotated().stream().map(NodePod::uid).collect(Collectors.toSet());
    }

    @Override
    public @Nullable NodePod pod(String uid) {
        return pods.get(uid);
    }

    @Override
    public boolean wanted(NodePod pod) {
        Map<String, String> labels = namespaces.all().stream()
                .filter(namespace -> namespace.name().equals(pod.namespace()))
                .map(NodeNamespace::labels)
                .findFirst()
                .orElse(Map.of());
        return rules.wants(pod, labels);
    }

    /**
     * Says no only after the API server itself was asked: a watch tells of a label a moment later, and that is the moment in
     * which a pod must not start. Says yes only when the watches say so, too, for otherwise the enrolment, which follows them,
     * would take it back.
     */
    @Override
    public @Nullable NodePod toEnrol(PodStart start, long deadlineNanos) throws IOException {
        NodePod known = start.uid().isEmpty() ? null : pods.get(start.uid());
        if (known != null && wanted(known)) {
            return known;
        }
        NodePod pod = NodePod.of(api.get("/api/v1/namespaces/" + start.namespace() + "/pods/" + start.name()));
        if (!start.uid().isEmpty() && !start.uid().equals(pod.uid())) {
            throw new IOException(
                    "there is another pod of this name now (uid %s, expected: %s)".formatted(pod.uid(), start.uid()));
        }
        NodeNamespace namespace = NodeNamespace.of(api.get("/api/v1/namespaces/" + start.namespace()));
        if (!rules.wants(pod, namespace.labels())) {
            return null;
        }
        try {
            NodePod seen = changes.await(() -> seenAsWanted(pod.uid()), deadlineNanos);
            if (seen == null) {
                throw new IOException("the API server's watch has not told of the pod and its labels yet");
            }
            return seen;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the node agent is about to end", e);
        }
    }

    private @Nullable NodePod seenAsWanted(String uid) {
        NodePod seen = pods.get(uid);
        return seen != null && wanted(seen) ? seen : null;
    }

    @Override
    public void annotate(NodePod pod, @Nullable String redirection) throws IOException {
        String value = redirection == null ? "null" : "\"" + redirection + "\"";
        String patch = "{\"metadata\":{\"annotations\":{\"%s\":%s}}}".formatted(Labels.REDIRECTION, value);
        try {
            api.patch("/api/v1/namespaces/" + pod.namespace() + "/pods/" + pod.name() + "/status", patch);
        } catch (KubeApi.StatusException e) {
            if (e.status() != NOT_FOUND) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        pods.close();
        namespaces.close();
    }
}
