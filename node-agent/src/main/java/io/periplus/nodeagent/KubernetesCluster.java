package io.periplus.nodeagent;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.periplus.api.Labels;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The node's pods and all namespaces, watched; the annotation, written. */
final class KubernetesCluster implements Enrolment.Cluster, AutoCloseable {
    private static final int HTTP_NOT_FOUND = 404;

    private final KubernetesClient client;
    private final EnrolmentRules rules;
    private final SharedIndexInformer<Pod> pods;
    private final SharedIndexInformer<Namespace> namespaces;

    KubernetesCluster(KubernetesClient client, String node, EnrolmentRules rules) {
        this.client = client;
        this.rules = rules;
        this.pods = client.pods()
                .inAnyNamespace()
                .withField("spec.nodeName", node)
                .runnableInformer(0);
        this.namespaces = client.namespaces().runnableInformer(0);
    }

    /** Lists, then watches; {@code changed} is called with a pod's uid whenever it or its namespace changed. */
    void start(Consumer<String> changed) {
        pods.addEventHandler(new Handler<>(pod -> changed.accept(pod.getMetadata().getUid())));
        namespaces.addEventHandler(new Handler<>(namespace -> pods.getStore().list().stream()
                .filter(pod -> pod.getMetadata()
                        .getNamespace()
                        .equals(namespace.getMetadata().getName()))
                .forEach(pod -> changed.accept(pod.getMetadata().getUid()))));
        namespaces.start().toCompletableFuture().join();
        pods.start().toCompletableFuture().join();
    }

    /** The node's pods that say they are enrolled. */
    List<Pod> annotated() {
        return pods.getStore().list().stream()
                .filter(EnrolmentRules::runs)
                .filter(pod -> "enabled".equals(EnrolmentRules.annotations(pod).get(Labels.REDIRECTION)))
                .toList();
    }

    /** Their uids, in a set of the caller's own. */
    Set<String> annotatedUids() {
        Set<String> uids = new HashSet<>();
        annotated().forEach(pod -> uids.add(pod.getMetadata().getUid()));
        return uids;
    }

    @Override
    public @Nullable Pod pod(String uid) {
        for (Pod pod : pods.getStore().list()) {
            if (pod.getMetadata().getUid().equals(uid)) {
                return pod;
            }
        }
        return null;
    }

    @Override
    public boolean wanted(Pod pod) {
        return rules.wants(pod, namespaces.getStore().getByKey(pod.getMetadata().getNamespace()));
    }

    @Override
    public void annotate(Pod pod, @Nullable String redirection) throws IOException {
        String value = redirection == null ? "null" : "\"" + redirection + "\"";
        String patch = "{\"metadata\":{\"annotations\":{\"%s\":%s}}}".formatted(Labels.REDIRECTION, value);
        try {
            client.pods()
                    .inNamespace(pod.getMetadata().getNamespace())
                    .withName(pod.getMetadata().getName())
                    .subresource("status")
                    .patch(PatchContext.of(PatchType.JSON_MERGE), patch);
        } catch (KubernetesClientException e) {
            if (e.getCode() != HTTP_NOT_FOUND) {
                throw new IOException(
                        "annotation %s of pod %s/%s: %s"
                                .formatted(
                                        Labels.REDIRECTION,
                                        pod.getMetadata().getNamespace(),
                                        pod.getMetadata().getName(),
                                        e.getMessage()),
                        e);
            }
        }
    }

    @Override
    public void close() {
        pods.stop();
        namespaces.stop();
    }

    private record Handler<T extends HasMetadata>(Consumer<T> changed) implements ResourceEventHandler<T> {
        @Override
        public void onAdd(T object) {
            changed.accept(object);
        }

        @Override
        public void onUpdate(T before, T after) {
            changed.accept(after);
        }

        @Override
        public void onDelete(T object, boolean finalStateUnknown) {
            changed.accept(object);
        }
    }
}
