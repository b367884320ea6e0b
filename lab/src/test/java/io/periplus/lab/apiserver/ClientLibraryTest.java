package io.periplus.lab.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.LocalPortForward;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.ResourceType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The API server as a client library with informers sees it. */
@Timeout(60)
class ClientLibraryTest {
    @TempDir
    static Path directory;

    private static TestCluster cluster;
    private static KubernetesClient client;

    @BeforeAll
    static void start() throws Exception {
        cluster = new TestCluster(directory);
        client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(Files.readString(cluster.kubeconfig())))
                .build();
    }

    @AfterAll
    static void stop() {
        client.close();
        cluster.close();
    }

    private static ConfigMap configMap(String name, String label) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName(name)
                .addToLabels("kind", label)
                .endMetadata()
                .withData(Map.of("a", "b"))
                .build();
    }

    @Test
    void anInformerSeesObjectsComeChangeAndGo() {
        List<String> events = new CopyOnWriteArrayList<>();
        client.configMaps().resource(configMap("before", "informed")).create();
        try (SharedIndexInformer<ConfigMap> informer = client.configMaps()
                .inNamespace("default")
                .withLabel("kind", "informed")
                .inform()) {
            informer.addEventHandler(new Recorder(events));
            await().until(() -> events.contains("added before"));
            client.configMaps().resource(configMap("after", "informed")).create();
            client.configMaps().resource(configMap("hidden", "other")).create();
            await().until(() -> events.contains("added after"));
            client.configMaps().inNamespace("default").withName("after").edit(map -> {
                map.getData().put("a", "c");
                return map;
            });
            await().until(() -> events.contains("updated after"));
            client.configMaps().inNamespace("default").withName("after").edit(map -> {
                map.getMetadata().getLabels().put("kind", "other");
                return map;
            });
            await().until(() -> events.contains("deleted after"));
            assertThat(events).doesNotContain("added hidden");
        }
    }

    private record Recorder(List<String> events) implements ResourceEventHandler<ConfigMap> {
        @Override
        public void onAdd(ConfigMap map) {
            events.add("added " + map.getMetadata().getName());
        }

        @Override
        public void onUpdate(ConfigMap old, ConfigMap map) {
            events.add("updated " + map.getMetadata().getName());
        }

        @Override
        public void onDelete(ConfigMap map, boolean unknown) {
            events.add("deleted " + map.getMetadata().getName());
        }
    }

    @Test
    void serverSideApplyCreatesAndChanges() {
        PatchContext apply = new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager("test")
                .withForce(true)
                .build();
        ConfigMap wanted = configMap("applied", "x");
        client.resource(wanted).patch(apply);
        wanted.setData(Map.of("c", "d"));
        ConfigMap applied = client.resource(wanted).patch(apply);
        assertThat(applied.getData()).isEqualTo(Map.of("c", "d"));
    }

    @Test
    void commandsRunAndPortsAreForwarded() throws Exception {
        client.pods()
                .resource(new PodBuilder()
                        .withNewMetadata()
                        .withNamespace("default")
                        .withName("p")
                        .endMetadata()
                        .withNewSpec()
                        .addNewContainer()
                        .withName("app")
                        .withImage("app:1")
                        .endContainer()
                        .endSpec()
                        .build())
                .create();
        cluster.run("default", "p");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ExecWatch exec = client.pods()
                .inNamespace("default")
                .withName("p")
                .writingOutput(out)
                .exec("hello")) {
            assertThat(exec.exitCode().get(5, TimeUnit.SECONDS)).isZero();
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("hello\n");
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                LocalPortForward forward =
                        client.pods().inNamespace("default").withName("p").portForward(server.getLocalPort(), 0);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), forward.getLocalPort())) {
            Thread.ofVirtual().start(() -> echo(server));
            socket.getOutputStream().write("ping".getBytes(StandardCharsets.UTF_8));
            assertThat(socket.getInputStream().readNBytes(4)).isEqualTo("ping".getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void echo(ServerSocket server) {
        try (Socket accepted = server.accept()) {
            accepted.getInputStream().transferTo(accepted.getOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aTokenBoundToAPodEndsWithIt() {
        cluster.server().store().create(ResourceType.POD, bound("bound"));
        String token = cluster.server()
                .tokens()
                .issue("default", "default", List.of("istio-ca"), Duration.ofHours(1), "bound")
                .token();
        assertThat(cluster.server().tokens().verify(token, List.of())).isNull();
        assertThat(cluster.server().tokens().verify(token, List.of("istio-ca")))
                .satisfies(verified ->
                        assertThat(verified.user().name()).isEqualTo("system:serviceaccount:default:default"));
        cluster.server().store().delete(ResourceType.POD, "default", "bound", 0L, null);
        assertThat(cluster.server().tokens().verify(token, List.of("istio-ca"))).isNull();
    }

    private static ObjectNode bound(String name) {
        var pod = TestCluster.object("v1", "Pod", "default", name);
        pod.putObject("spec")
                .putArray("containers")
                .add(Json.object().put("name", "app").put("image", "app:1"));
        return pod;
    }
}
