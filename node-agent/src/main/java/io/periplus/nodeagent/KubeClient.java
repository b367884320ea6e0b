package io.periplus.nodeagent;

import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceList;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
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

/** The client of the Kubernetes API, kept small: one of these runs on every node. */
final class KubeClient {
    private static final int RETRY_MILLIS = 200;
    private static final int REQUEST_MILLIS = 10_000;

    /** What is read and written. Looking for all kinds on the class path instead would load a thousand classes. */
    private static final List<Class<? extends KubernetesResource>> KINDS =
            List.of(Status.class, Namespace.class, NamespaceList.class, Pod.class, PodList.class);

    private KubeClient() {}

    /** A client with the configuration of the pod it runs in. Its work is done on virtual threads. */
    static KubernetesClient open() {
        Config access = new ConfigBuilder(Config.autoConfigure(null))
                .withWatchReconnectInterval(RETRY_MILLIS)
                // -1: watches are resumed for ever.
                .withWatchReconnectLimit(-1)
                .withRequestTimeout(REQUEST_MILLIS)
                .withConnectionTimeout(REQUEST_MILLIS)
                // A watch over a WebSocket waits for ever where the answer is an ordinary stream.
                .withOnlyHttpWatches(true)
                .build();
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
