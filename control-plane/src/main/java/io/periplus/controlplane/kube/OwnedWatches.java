package io.periplus.controlplane.kube;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.periplus.api.Labels;
import io.periplus.controlplane.Metrics;
import java.util.List;
import java.util.function.Consumer;

/** Watches what the control plane itself made, to put it back when somebody changes it. */
public final class OwnedWatches implements AutoCloseable {
    private final List<KindWatch<?>> watches;

    /**
     * Watches, not started.
     *
     * @param gatewayObjects receives objects that were deployed for Gateways; of one that is gone only the name
     * @param rootNamespaces receives the namespaces of ConfigMaps with the roots
     */
    public OwnedWatches(
            KubernetesClient client,
            Consumer<HasMetadata> gatewayObjects,
            Consumer<String> rootNamespaces,
            Metrics metrics) {
        Consumer<ConfigMap> roots = map -> {
            if (map.getMetadata().getName().equals(RootCertificates.CONFIG_MAP)) {
                rootNamespaces.accept(map.getMetadata().getNamespace());
            }
        };
        watches = List.of(
                new KindWatch<>(
                        "managed Deployment",
                        client.resources(Deployment.class).inAnyNamespace().withLabel(Labels.GATEWAY_MANAGED),
                        Deployment::new,
                        gatewayObjects::accept,
                        gatewayObjects::accept,
                        metrics),
                new KindWatch<>(
                        "managed Service",
                        client.services().inAnyNamespace().withLabel(Labels.GATEWAY_MANAGED),
                        Service::new,
                        gatewayObjects::accept,
                        gatewayObjects::accept,
                        metrics),
                new KindWatch<>(
                        "managed ServiceAccount",
                        client.serviceAccounts().inAnyNamespace().withLabel(Labels.GATEWAY_MANAGED),
                        ServiceAccount::new,
                        gatewayObjects::accept,
                        gatewayObjects::accept,
                        metrics),
                new KindWatch<>(
                        "root ConfigMap",
                        client.configMaps().inAnyNamespace().withLabel("istio.io/config", "true"),
                        ConfigMap::new,
                        roots,
                        roots,
                        metrics));
    }

    /** Starts all watches. */
    public void start() {
        watches.forEach(KindWatch::start);
    }

    @Override
    public void close() {
        watches.forEach(KindWatch::stop);
    }
}
