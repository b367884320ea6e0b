package io.periplus.controlplane.kube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.periplus.controlplane.Metrics;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches all objects of one kind. A kind that the API server does not know (its CRD is not installed) counts as
 * listed and empty, and is looked for again and again, so that its objects appear once the CRD does.
 */
final class KindWatch {
    private static final Logger LOG = LoggerFactory.getLogger(KindWatch.class);
    private static final int NOT_FOUND = 404;
    // Objects per page: bounds the memory that a list takes.
    private static final long PAGE = 500;

    private final String kind;
    private final SharedIndexInformer<GenericKubernetesResource> informer;
    private final AtomicBoolean absent = new AtomicBoolean();
    private final CompletableFuture<Void> listed = new CompletableFuture<>();

    /**
     * A watch, not started.
     *
     * @param put    receives every object that came or changed
     * @param remove receives at least the name of every object that went
     */
    KindWatch(
            String kind,
            Informable<GenericKubernetesResource> objects,
            Consumer<GenericKubernetesResource> put,
            Consumer<GenericKubernetesResource> remove,
            Metrics metrics) {
        this.kind = kind;
        this.informer = objects.withLimit(PAGE)
                .runnableInformer(0)
                .itemStore(new MetadataStore())
                .exceptionHandler(this::retry)
                .addEventHandler(new ResourceEventHandler<GenericKubernetesResource>() {
                    // Comes through the same queue as the objects of the list, after them.
                    @Override
                    public void onList(String resourceVersion, boolean remainedEmpty) {
                        listed.complete(null);
                    }

                    @Override
                    public void onAdd(GenericKubernetesResource object) {
                        metrics.counter("pilot_k8s_reg_events", "type=\"" + kind + "\",event=\"add\"")
                                .increment();
                        put.accept(object);
                    }

                    @Override
                    public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource after) {
                        metrics.counter("pilot_k8s_reg_events", "type=\"" + kind + "\",event=\"update\"")
                                .increment();
                        put.accept(after);
                    }

                    @Override
                    public void onDelete(GenericKubernetesResource object, boolean unknown) {
                        metrics.counter("pilot_k8s_reg_events", "type=\"" + kind + "\",event=\"delete\"")
                                .increment();
                        remove.accept(object);
                    }
                });
    }

    void start() {
        informer.start();
    }

    void stop() {
        informer.stop();
    }

    String kind() {
        return kind;
    }

    /** Completes once all objects have been handed over, or it is known that there is no such kind. */
    CompletableFuture<Void> listed() {
        return listed;
    }

    private boolean retry(boolean started, @Nullable Throwable error) {
        boolean missing = false;
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            missing |= cause instanceof KubernetesClientException e && e.getCode() == NOT_FOUND;
        }
        if (missing) {
            if (!absent.getAndSet(true)) {
                listed.complete(null);
                LOG.info("the API server does not know {} (yet)", kind);
            }
        } else {
            LOG.warn(
                    "watching {} was interrupted and is tried again: {}",
                    kind,
                    error == null ? "" : error.getMessage());
        }
        return true;
    }
}
