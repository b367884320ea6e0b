package io.periplus.controlplane;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.periplus.controlplane.kube.RootCertificates;
import io.periplus.model.AmbientIndex;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** What writes to the cluster: root certificates, status, deployments. */
final class Controllers implements AutoCloseable {
    private final List<Reconciler<?>> reconcilers = new ArrayList<>();
    private final RootCertificates rootCertificates;

    Controllers(
            ControlPlaneConfig config, KubernetesClient client, IndexLoop loop, AmbientIndex index, Clock clock) {
        rootCertificates = new RootCertificates(client);
        loop.observe(index.namespaces, rootCertificates::namespacesChanged);
        reconcilers.add(rootCertificates.reconciler());
    }

    void start(String roots) {
        rootCertificates.roots(roots);
        reconcilers.forEach(Reconciler::start);
    }

    @Override
    public void close() {
        reconcilers.forEach(Reconciler::close);
    }
}
