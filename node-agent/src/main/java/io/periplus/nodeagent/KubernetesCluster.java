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
final class KubernetesCluster implements Enrolment.Cluster, AutoCloseable {
    private static final int NOT_FOUND = 404;

    private final KubeApi api;
    private final EnrolmentRules rules;
    private final Informer<NodePod> pods;
    private final Informer<NodeNamespace> namespaces;
    private volatile Consumer<String> listener = uid -> {};

    KubernetesCluster(KubeApi api, String node, EnrolmentRules rules) {
        this.api = api;
        this.rules = rules;
        String ofNode = "fieldSelector=" + URLEncoder.encode("spec.nodeName=" + node, StandardCharsets.UTF_8);
        this.pods = new Informer<>(api, "/api/v1/pods", ofNode, NodePod::of, pod -> listener.accept(pod.uid()));
        this.namespaces = new Informer<>(api, "/api/v1/namespaces", "", NodeNamespace::of, this::namespaceChanged);
    }

    /** Lists, then watches; {@code changed} is called with a pod's uid whenever it or its namespace changed. */
    void start(Consumer<String> changed) throws InterruptedException {
        listener = changed;
        namespaces.start();
        pods.start();
    }

    private void namespaceChanged(NodeNamespace namespace) {
        for (NodePod pod : pods.all()) {
            if (pod.namespace().equals(namespace.name())) {
                listener.accept(pod.uid());
            }
        }
    }

    /** The node's pods that say they are enrolled. */
    List<NodePod> annotated() {
        return pods.all().stream()
                .filter(NodePod::runs)
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
