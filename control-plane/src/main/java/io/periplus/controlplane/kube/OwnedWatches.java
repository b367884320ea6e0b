package io.periplus.controlplane.kube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.periplus.api.Labels;
import io.periplus.controlplane.Metrics;
import java.util.List;
import java.util.function.Consumer;

/** Watches what the control plane itself made, to put it back when somebody changes it. */
public final class OwnedWatches implements AutoCloseable {
    private final KubernetesClient client;
    private final Metrics metrics;
    private final List<KindWatch> watches;

    /**
     * Watches, not started.
     *
     * @param gatewayObjects receives objects that were deployed for Gateways; of one that is gone only the name
     * @param rootNamespaces receives the namespaces of ConfigMaps with the roots
     */
    public OwnedWatches(
            KubernetesClient client,
            Consumer<GenericKubernetesResource> gatewayObjects,
            Consumer<String> rootNamespaces,
            Metrics metrics) {
        this.client = client;
        this.metrics = metrics;
        Consumer<GenericKubernetesResource> roots = map -> {
            if (map.getMetadata().getName().equals(RootCertificates.CONFIG_MAP)) {
                rootNamespaces.accept(map.getMetadata().getNamespace());
            }
        };
        watches = List.of(
                labelled(Kinds.DEPLOYMENT, Labels.GATEWAY_MANAGED, gatewayObjects),
                labelled(Kinds.SERVICE, Labels.GATEWAY_MANAGED, gatewayObjects),
                labelled(Kinds.SERVICE_ACCOUNT, Labels.GATEWAY_MANAGED, gatewayObjects),
                labelled(Kinds.AUTOSCALER, Labels.GATEWAY_MANAGED, gatewayObjects),
                labelled(Kinds.DISRUPTION_BUDGET, Labels.GATEWAY_MANAGED, gatewayObjects),
                labelled(Kinds.CONFIG_MAP, "istio.io/config", roots));
    }

    /** Starts all watches. */
    public void start() {
        watches.forEach(KindWatch::start);
    }

    @Override
    public void close() {
        watches.forEach(KindWatch::stop);
    }

    private KindWatch labelled(
            ResourceDefinitionContext kind, String label, Consumer<GenericKubernetesResource> changed) {
        return new KindWatch(
                "managed " + kind.getKind(),
                client.genericKubernetesResources(kind).inAnyNamespace().withLabel(label),
                changed,
                changed,
                metrics);
    }
}
