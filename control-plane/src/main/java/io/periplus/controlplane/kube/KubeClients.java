package io.periplus.controlplane.kube;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.net.http.HttpClient;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import tools.jackson.databind.json.JsonMapper;

/** Clients of the Kubernetes API. */
public final class KubeClients {
    // First pause after a failed watch or list; it doubles up to 32 times this.
    private static final int RETRY_MILLIS = 100;
    private static final int REQUEST_MILLIS = 10_000;

    // The few kinds that are read as typed objects. Finding all kinds on the class path would load a thousand classes.
    private static final List<Class<? extends KubernetesResource>> KINDS =
            List.of(Status.class, ConfigMap.class, Secret.class);

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

    /** A client; all its work is done on virtual threads. */
    public static KubernetesClient client(Config access) {
        KubernetesSerialization serialization = new KubernetesSerialization(new JsonMapper(), false);
        KINDS.forEach(serialization::registerKubernetesResource);
        Executor threads = Executors.newVirtualThreadPerTaskExecutor();
        return new KubernetesClientBuilder()
                .withConfig(access)
                .withKubernetesSerialization(serialization)
                .withHttpClientFactory(new JdkHttpClientFactory() {
                    @Override
                    protected HttpClient.Builder createNewHttpClientBuilder() {
                        return HttpClient.newBuilder().executor(threads);
                    }
                })
                .withTaskExecutor(threads)
                .build();
    }
}
