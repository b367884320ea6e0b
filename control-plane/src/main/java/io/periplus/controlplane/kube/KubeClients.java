package io.periplus.controlplane.kube;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.util.concurrent.Executors;

/** Clients of the Kubernetes API. */
public final class KubeClients {
    // First pause after a failed watch or list; it doubles up to 32 times this.
    private static final int RETRY_MILLIS = 200;
    private static final int REQUEST_MILLIS = 10_000;

    private KubeClients() {}

    /** Where the API server is: in-cluster configuration, or a kubeconfig outside of a cluster. */
    public static Config access() {
        return tuned(Config.autoConfigure(null));
    }

    /** The same access with the timeouts of the control plane. */
    public static Config tuned(Config access) {
        return new ConfigBuilder(access)
                .withWatchReconnectInterval(RETRY_MILLIS)
                // -1: watches are resumed for ever.
                .withWatchReconnectLimit(-1)
                .withRequestTimeout(REQUEST_MILLIS)
                .withConnectionTimeout(REQUEST_MILLIS)
                .withOnlyHttpWatches(true)
                .build();
    }

    /** A client; its callbacks run on virtual threads. */
    public static KubernetesClient client(Config access) {
        return new KubernetesClientBuilder()
                .withConfig(access)
                .withHttpClientFactory(new JdkHttpClientFactory())
                .withTaskExecutor(Executors.newVirtualThreadPerTaskExecutor())
                .build();
    }
}
