package io.periplus.lab.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteObjectStoreTest {
    private static final ClusterConfig CONFIG = new ClusterConfig("cluster1", "10.96.0.0/16", "172.18.1.0/24");

    @TempDir
    Path directory;

    private SqliteObjectStore store;

    @BeforeEach
    void open() throws Exception {
        store = SqliteObjectStore.open(directory.resolve("state.db"), CONFIG);
        store.create(ResourceType.NAMESPACE, object("v1", "Namespace", null, "shop"));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static ObjectNode object(String apiVersion, String kind, String namespace, String name) {
        ObjectNode object = Json.object().put("apiVersion", apiVersion).put("kind", kind);
        ObjectNode meta = object.putObject("metadata").put("name", name);
        if (namespace != null) {
            meta.put("namespace", namespace);
        }
        return object;
    }

    private static ObjectNode configMap(String name) {
        ObjectNode map = object("v1", "ConfigMap", "shop", name);
        map.putObject("data").put("a", "1");
        return map;
    }

    private static ObjectNode pod(String name) {
        ObjectNode pod = object("v1", "Pod", "shop", name);
        pod.putObject("spec")
                .putArray("containers")
                .addObject()
                .put("name", "app")
                .put("image", "app:1");
        return pod;
    }

    private static ObjectNode service(String name, String type) {
        ObjectNode service = object("v1", "Service", "shop", name);
        ObjectNode spec = service.putObject("spec").put("type", type);
        spec.putArray("ports").addObject().put("port", 80);
        return service;
    }

    @Test
    void everythingSurvivesARestartAndResourceVersionsGoOn() throws Exception {
        ObjectNode before = store.create(ResourceType.CONFIG_MAP, configMap("settings"));
        store.close();
        store = SqliteObjectStore.open(directory.resolve("state.db"), CONFIG);
        assertThat(store.get(ResourceType.CONFIG_MAP, "shop", "settings")).isEqualTo(before);
        ObjectNode after = store.create(ResourceType.CONFIG_MAP, configMap("more"));
        assertThat(Meta.resourceVersion(after)).isGreaterThan(Meta.resourceVersion(before));
        assertThatThrownBy(() -> store.nextChange(ResourceType.CONFIG_MAP, Meta.resourceVersion(before), 0))
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.reason()).isEqualTo("Expired"));
    }

    @Test
    void aWriteThatChangesNothingKeepsTheResourceVersion() {
        ObjectNode before = store.create(ResourceType.CONFIG_MAP, configMap("settings"));
        ObjectNode after = store.update(ResourceType.CONFIG_MAP, "shop", "settings", map -> map);
        assertThat(after).isSameAs(before);
    }

    @Test
    void aSecondObjectOfTheSameNameIsRefused() {
        store.create(ResourceType.CONFIG_MAP, configMap("settings"));
        assertThatThrownBy(() -> store.create(ResourceType.CONFIG_MAP, configMap("settings")))
                .hasMessage("configmaps \"settings\" already exists");
    }

    @Test
    void nothingIsCreatedInANamespaceThatIsMissingOrTerminating() {
        assertThatThrownBy(
                        () -> store.create(ResourceType.CONFIG_MAP, object("v1", "ConfigMap", "nowhere", "settings")))
                .hasMessage("namespaces \"nowhere\" not found");
        store.delete(ResourceType.NAMESPACE, null, "shop", null, null);
        assertThatThrownBy(() -> store.create(ResourceType.CONFIG_MAP, configMap("settings")))
                .hasMessageContaining("because it is being terminated");
    }

    @Test
    void aNamespaceGoesWhenItsFinalizersAreGone() {
        store.delete(ResourceType.NAMESPACE, null, "shop", null, null);
        ObjectNode terminating = Objects.requireNonNull(store.get(ResourceType.NAMESPACE, null, "shop"));
        assertThat(Json.text(terminating, "status", "phase")).isEqualTo("Terminating");
        store.update(ResourceType.NAMESPACE, null, "shop", namespace -> {
            Json.ensureObject(namespace, "spec").remove("finalizers");
            return namespace;
        });
        assertThat(store.get(ResourceType.NAMESPACE, null, "shop")).isNull();
    }

    @Test
    void aScheduledPodWaitsForItsNodeToStopIt() {
        ObjectNode pod = store.create(ResourceType.POD, pod("web"));
        assertThat(Json.text(pod, "status", "phase")).isEqualTo("Pending");
        store.update(ResourceType.POD, "shop", "web", p -> {
            Json.ensureObject(p, "spec").put("nodeName", "node1");
            return p;
        });
        store.delete(ResourceType.POD, "shop", "web", null, null);
        assertThat(Meta.isTerminating(Objects.requireNonNull(store.get(ResourceType.POD, "shop", "web"))))
                .isTrue();
        store.delete(ResourceType.POD, "shop", "web", 0L, Meta.uid(pod));
        assertThat(store.get(ResourceType.POD, "shop", "web")).isNull();
    }

    @Test
    void podsGetDefaultsAndATokenVolume() {
        ObjectNode spec = Objects.requireNonNull(Json.objectAt(store.create(ResourceType.POD, pod("web")), "spec"));
        assertThat(Json.text(spec, "serviceAccountName")).isEqualTo("default");
        assertThat(Json.text(spec, "restartPolicy")).isEqualTo("Always");
        assertThat(Json.text(spec.path("volumes").get(0), "name")).startsWith("kube-api-access-");
        assertThat(spec.path("containers")
                        .get(0)
                        .path("volumeMounts")
                        .get(0)
                        .path("mountPath")
                        .asText())
                .isEqualTo("/var/run/secrets/kubernetes.io/serviceaccount");
    }

    @Test
    void servicesGetAddressesThatAreFreedWithThem() {
        ObjectNode first = store.create(ResourceType.SERVICE, service("a", "LoadBalancer"));
        assertThat(Json.text(first, "spec", "clusterIP")).startsWith("10.96.");
        assertThat(Json.at(first, "status", "loadBalancer", "ingress")
                        .get(0)
                        .path("ip")
                        .asText())
                .startsWith("172.18.1.");
        store.delete(ResourceType.SERVICE, "shop", "a", null, null);
        ObjectNode second = store.create(ResourceType.SERVICE, service("b", "ClusterIP"));
        assertThat(Json.text(second, "spec", "clusterIP")).isEqualTo(Json.text(first, "spec", "clusterIP"));
    }

    @Test
    void statusAndTheRestAreWrittenApart() {
        ObjectNode deployment = object("apps/v1", "Deployment", "shop", "web");
        ObjectNode spec = deployment.putObject("spec");
        spec.putObject("selector").putObject("matchLabels").put("app", "web");
        ObjectNode template = spec.putObject("template");
        template.putObject("metadata").putObject("labels").put("app", "web");
        template.putObject("spec")
                .putArray("containers")
                .addObject()
                .put("name", "c")
                .put("image", "i:1");
        store.create(ResourceType.DEPLOYMENT, deployment);
        ObjectNode after = store.updateStatus(ResourceType.DEPLOYMENT, "shop", "web", d -> {
            Json.ensureObject(d, "status").put("replicas", 1);
            Json.ensureObject(d, "spec").put("replicas", 5);
            return d;
        });
        assertThat(after.path("spec").path("replicas").asInt()).isEqualTo(1);
        assertThat(after.path("status").path("replicas").asInt()).isEqualTo(1);
        assertThat(after.path("metadata").path("generation").asInt()).isEqualTo(1);
        ObjectNode scaled = store.update(ResourceType.DEPLOYMENT, "shop", "web", d -> {
            Json.ensureObject(d, "spec").put("replicas", 3);
            d.remove("status");
            return d;
        });
        assertThat(scaled.path("metadata").path("generation").asInt()).isEqualTo(2);
        assertThat(scaled.path("status").path("replicas").asInt()).isEqualTo(1);
    }

    @Test
    void aWatchTellsWhatIsThereThenEveryChange() throws Exception {
        store.create(ResourceType.CONFIG_MAP, configMap("one"));
        BlockingQueue<String> events = new LinkedBlockingQueue<>();
        try (ObjectStore.Subscription _ = store.watch(ResourceType.CONFIG_MAP, new Recorder(events))) {
            assertThat(next(events)).isEqualTo("added one");
            assertThat(next(events)).isEqualTo("synced");
            store.create(ResourceType.CONFIG_MAP, configMap("two"));
            assertThat(next(events)).isEqualTo("added two");
            store.update(ResourceType.CONFIG_MAP, "shop", "two", map -> {
                Json.ensureObject(map, "data").put("a", "2");
                return map;
            });
            assertThat(next(events)).isEqualTo("modified two");
            store.delete(ResourceType.CONFIG_MAP, "shop", "two", null, null);
            assertThat(next(events)).isEqualTo("deleted two");
        }
    }

    private static String next(BlockingQueue<String> events) throws InterruptedException {
        return Objects.requireNonNullElse(events.poll(5, TimeUnit.SECONDS), "nothing");
    }

    private record Recorder(BlockingQueue<String> events) implements ObjectStore.Watcher {
        @Override
        public void added(ObjectNode object) {
            events.add("added " + Meta.name(object));
        }

        @Override
        public void modified(ObjectNode object) {
            events.add("modified " + Meta.name(object));
        }

        @Override
        public void deleted(ObjectNode last) {
            events.add("deleted " + Meta.name(last));
        }

        @Override
        public void synced() {
            events.add("synced");
        }
    }

    @Test
    void theSchemaOfEveryBuiltInTypeCanBeRead() {
        List<String> empty = store.registry().all().stream()
                .filter(definition -> definition.stored().schema().properties().isEmpty())
                .map(definition -> definition.kind())
                .toList();
        assertThat(empty).isEmpty();
    }
}
