package io.periplus.controlplane.kube;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.periplus.controlplane.Reconciler;
import io.periplus.model.collection.Change;
import io.periplus.model.input.NamespaceInput;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps the ConfigMap with the roots in every namespace, so that pods can mount it. */
public final class RootCertificates {
    /** Name of the ConfigMap. */
    public static final String CONFIG_MAP = "istio-ca-root-cert";

    private static final String KEY = "root-cert.pem";
    private static final Set<String> LEFT_OUT = Set.of("kube-public", "kube-node-lease", "local-path-storage");

    private final KubernetesClient client;
    private final Set<String> namespaces = ConcurrentHashMap.newKeySet();
    private final Reconciler<String> reconciler = new Reconciler<>("root-certificates", this::reconcile);
    private volatile String roots = "";

    public RootCertificates(KubernetesClient client) {
        this.client = client;
    }

    /** What does the work. */
    public Reconciler<String> reconciler() {
        return reconciler;
    }

    /** Sets what is distributed, PEM. */
    public void roots(String pem) {
        roots = pem;
        namespaces.forEach(reconciler::enqueue);
    }

    /** Takes note of namespaces that came, changed or went. */
    public void namespacesChanged(Map<String, Change<NamespaceInput>> changes) {
        changes.forEach((name, change) -> {
            if (change.after() == null || LEFT_OUT.contains(name)) {
                namespaces.remove(name);
            } else if (namespaces.add(name)) {
                reconciler.enqueue(name);
            }
        });
    }

    /** Takes note of a ConfigMap of this name that came, changed or went. */
    public void configMapChanged(String namespace) {
        reconciler.enqueue(namespace);
    }

    private void reconcile(String namespace) {
        if (!namespaces.contains(namespace) || roots.isEmpty()) {
            return;
        }
        var resource = client.configMaps().inNamespace(namespace).withName(CONFIG_MAP);
        ConfigMap present = resource.get();
        if (present != null
                && present.getData() != null
                && roots.equals(present.getData().get(KEY))) {
            return;
        }
        ConfigMap wanted = new ConfigMapBuilder()
                .withNewMetadata()
                .withName(CONFIG_MAP)
                .withNamespace(namespace)
                .addToLabels("istio.io/config", "true")
                .endMetadata()
                .addToData(KEY, roots)
                .build();
        if (present == null) {
            // In a namespace that is being deleted the ConfigMap has just been collected and must not come back.
            GenericKubernetesResource in = client.genericKubernetesResources(Kinds.NAMESPACE)
                    .withName(namespace)
                    .get();
            if (in == null || in.getMetadata().getDeletionTimestamp() != null) {
                return;
            }
            client.configMaps().resource(wanted).create();
        } else {
            client.configMaps().resource(wanted).update();
        }
    }
}
