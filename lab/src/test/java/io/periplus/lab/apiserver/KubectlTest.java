package io.periplus.lab.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.periplus.lab.apiserver.TestCluster.Result;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.ResourceType;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The API server as the ordinary {@code kubectl} of the machine sees it: every command succeeds without a warning. */
class KubectlTest {
    private static final String DEPLOYMENT = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, namespace: %s, labels: {app: web}}
            spec:
              replicas: 1
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec:
                  containers:
                  - name: app
                    image: app:1
                    env: [{name: A, value: b}]
                    ports: [{containerPort: 8080}]
            """;

    @TempDir
    static Path directory;

    private static TestCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = new TestCluster(directory);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static String namespace(String name) throws Exception {
        cluster.kubectl("create", "namespace", name).quiet();
        cluster.server()
                .store()
                .create(ResourceType.SERVICE_ACCOUNT, TestCluster.object("v1", "ServiceAccount", name, "default"));
        return name;
    }

    private static String apply(String yaml, String... flags) throws Exception {
        String[] arguments = new String[flags.length + 3];
        arguments[0] = "apply";
        System.arraycopy(flags, 0, arguments, 1, flags.length);
        arguments[flags.length + 1] = "-f";
        arguments[flags.length + 2] = "-";
        return cluster.kubectlWith(yaml, arguments).quiet();
    }

    @Test
    void clientAndServerVersionsAreOneMinorApartAtMost() throws Exception {
        assertThat(cluster.kubectl("version").quiet()).contains("Server Version: v1.32");
    }

    @Test
    void applyCreatesThenLeavesAloneThenChanges() throws Exception {
        String yaml = DEPLOYMENT.formatted(namespace("apply"));
        assertThat(apply(yaml)).isEqualTo("deployment.apps/web created\n");
        assertThat(apply(yaml)).isEqualTo("deployment.apps/web unchanged\n");
        assertThat(apply(yaml.replace("value: b", "value: c"))).isEqualTo("deployment.apps/web configured\n");
        assertThat(cluster.kubectl("get", "deploy", "web", "-n", "apply", "-o", "jsonpath={.metadata.generation}")
                        .quiet())
                .isEqualTo("2");
    }

    @Test
    void aFieldThatNobodyKnowsIsRefused() throws Exception {
        String yaml = DEPLOYMENT.formatted(namespace("strict")).replace("replicas: 1", "replcas: 1");
        Result result = cluster.kubectlWith(yaml, "apply", "-f", "-");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err())
                .contains("Error from server (BadRequest): error when creating \"STDIN\": Deployment in version \"v1\""
                        + " cannot be handled as a Deployment: strict decoding error: unknown field"
                        + " \"spec.replcas\"");
        Result warned = cluster.kubectlWith(yaml, "apply", "--validate=warn", "-f", "-");
        assertThat(warned.exitCode()).isZero();
        assertThat(warned.err()).isEqualTo("Warning: unknown field \"spec.replcas\"\n");
    }

    @Test
    void aValueOfTheWrongTypeIsRefused() throws Exception {
        String yaml = DEPLOYMENT.formatted(namespace("types")).replace("replicas: 1", "replicas: many");
        assertThat(cluster.kubectlWith(yaml, "create", "-f", "-").err())
                .contains("json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type"
                        + " int32");
    }

    @Test
    void serverSideApplyKeepsOwnersApart() throws Exception {
        String yaml = DEPLOYMENT.formatted(namespace("ssa"));
        assertThat(apply(yaml, "--server-side")).isEqualTo("deployment.apps/web serverside-applied\n");
        cluster.kubectl("scale", "deploy/web", "-n", "ssa", "--replicas=3").quiet();
        Result conflict = cluster.kubectlWith(yaml, "apply", "--server-side", "-f", "-");
        assertThat(conflict.err())
                .startsWith("error: Apply failed with 1 conflict: conflict with \"kubectl\" with"
                        + " subresource \"scale\" using apps/v1 at ")
                .contains(": .spec.replicas");
        apply(yaml.replace("  replicas: 1\n", ""), "--server-side");
        assertThat(cluster.kubectl("get", "deploy/web", "-n", "ssa", "-o", "jsonpath={.spec.replicas}")
                        .quiet())
                .isEqualTo("3");
        apply(yaml.replace("env: [{name: A, value: b}]", "env: []"), "--server-side", "--force-conflicts");
        assertThat(cluster.kubectl("get", "deploy/web", "-n", "ssa", "-o", "jsonpath={..env}{.spec.replicas}")
                        .quiet())
                .isEqualTo("1");
    }

    @Test
    void anObjectMovesFromClientSideToServerSideApply() throws Exception {
        namespace("moved");
        String yaml = "apiVersion: v1\nkind: Namespace\nmetadata: {name: moved, labels: {a: b}}\n";
        cluster.kubectlWith(yaml, "apply", "-f", "-");
        apply(yaml, "--server-side");
        assertThat(cluster.kubectl("get", "ns", "moved", "-o", "jsonpath={.spec.finalizers[0]}")
                        .quiet())
                .isEqualTo("kubernetes");
    }

    @Test
    void labelsAnnotationsAndEveryKindOfPatch() throws Exception {
        apply(DEPLOYMENT.formatted(namespace("patch")));
        cluster.kubectl("label", "deploy/web", "-n", "patch", "tier=front").quiet();
        cluster.kubectl("annotate", "deploy/web", "-n", "patch", "note=x").quiet();
        cluster.kubectl(
                        "patch",
                        "deploy/web",
                        "-n",
                        "patch",
                        "-p",
                        "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"side\",\"image\":\"s:1\"}]}}}}")
                .quiet();
        cluster.kubectl("patch", "deploy/web", "-n", "patch", "--type=merge", "-p", "{\"spec\":{\"replicas\":4}}")
                .quiet();
        cluster.kubectl(
                        "patch",
                        "deploy/web",
                        "-n",
                        "patch",
                        "--type=json",
                        "-p",
                        "[{\"op\":\"add\",\"path\":\"/spec/minReadySeconds\",\"value\":7}]")
                .quiet();
        assertThat(cluster.kubectl(
                                "get",
                                "deploy/web",
                                "-n",
                                "patch",
                                "-o",
                                "jsonpath={.metadata.labels.tier} {.metadata.annotations.note} {..containers[*].name}"
                                        + " {.spec.replicas} {.spec.minReadySeconds}")
                        .quiet())
                .isEqualTo("front x app side 4 7");
        cluster.kubectl("set", "image", "deploy/web", "-n", "patch", "app=app:2")
                .quiet();
        assertThat(cluster.kubectl("get", "deploy", "-n", "patch", "-o", "wide").quiet())
                .contains("NAME   READY   UP-TO-DATE   AVAILABLE   AGE   CONTAINERS   IMAGES      SELECTOR")
                .contains("app:2,s:1");
    }

    @Test
    void describeShowsAWorkload() throws Exception {
        apply(DEPLOYMENT.formatted(namespace("describe")));
        assertThat(cluster.kubectl("describe", "deploy/web", "-n", "describe").quiet())
                .contains("Image:      app:1", "StrategyType:           RollingUpdate");
    }

    @Test
    void aMissingObjectAndAMissingTypeAreNamed() throws Exception {
        assertThat(cluster.kubectl("get", "cm", "nothing").err())
                .isEqualTo("Error from server (NotFound): configmaps \"nothing\" not found\n");
        assertThat(cluster.kubectl("get", "gizmos").err())
                .isEqualTo("error: the server doesn't have a resource type \"gizmos\"\n");
        assertThat(cluster.kubectl("create", "cm", "x", "-n", "nowhere").err())
                .contains("namespaces \"nowhere\" not found");
    }

    @Test
    void typedCommandsCreateWhatTheySay() throws Exception {
        String ns = namespace("typed");
        cluster.kubectl("create", "configmap", "c", "--from-literal=a=b", "-n", ns)
                .quiet();
        cluster.kubectl("create", "secret", "generic", "s", "--from-literal=a=b", "-n", ns)
                .quiet();
        cluster.kubectl("create", "deployment", "d", "--image=i:1", "--replicas=2", "-n", ns)
                .quiet();
        cluster.kubectl("create", "serviceaccount", "bob", "-n", ns).quiet();
        cluster.kubectl("create", "job", "j", "--image=i:1", "-n", ns).quiet();
        cluster.kubectl("create", "role", "r", "--verb=get", "--resource=pods", "-n", ns)
                .quiet();
        cluster.kubectl("expose", "deployment", "d", "--port=80", "--target-port=http", "-n", ns)
                .quiet();
        assertThat(cluster.kubectl("get", "secret", "s", "-n", ns, "-o", "jsonpath={.data.a}")
                        .quiet())
                .isEqualTo("Yg==");
        assertThat(cluster.kubectl("get", "svc", "d", "-n", ns).quiet())
                .containsPattern("d +ClusterIP +10\\.96\\.\\d+\\.\\d+ +<none> +80/TCP");
        assertThat(cluster.kubectl("create", "token", "bob", "-n", ns).quiet().split("\\."))
                .hasSize(3);
        assertThat(cluster.kubectl("auth", "can-i", "create", "pods").quiet()).isEqualTo("yes\n");
    }

    @Test
    void customTypesAreValidatedDefaultedPrintedAndWaitedFor() throws Exception {
        cluster.kubectlWith(Fixtures.GADGETS, "apply", "-f", "-").quiet();
        cluster.kubectl("wait", "--for=condition=Established", "crd/gadgets.example.com", "--timeout=5s")
                .quiet();
        apply(Fixtures.gadget("one", "class: a"));
        assertThat(cluster.kubectl("get", "gd", "one", "-o", "jsonpath={.spec.replicas}")
                        .quiet())
                .isEqualTo("1");
        assertThat(cluster.kubectlWith(Fixtures.gadget("two", "class: q"), "apply", "-f", "-")
                        .err())
                .isEqualTo("The Gadget \"two\" is invalid: spec.class: Unsupported value: \"q\": supported values:"
                        + " \"a\", \"b\"\n");
        assertThat(cluster.kubectlWith(Fixtures.gadget("two", "replicas: 2"), "apply", "-f", "-")
                        .err())
                .isEqualTo("The Gadget \"two\" is invalid: spec.class: Required value\n");
        assertThat(cluster.kubectlWith(Fixtures.gadget("two", "clas: a"), "apply", "-f", "-")
                        .err())
                .contains("strict decoding error: unknown field \"spec.clas\"");
        cluster.kubectl(
                        "patch",
                        "gd",
                        "one",
                        "--subresource=status",
                        "--type=merge",
                        "-p",
                        "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}")
                .quiet();
        cluster.kubectl("wait", "--for=condition=Ready", "gd/one", "--timeout=5s")
                .quiet();
        cluster.kubectl("scale", "gd/one", "--replicas=3").quiet();
        assertThat(cluster.kubectl("get", "gadgets").quiet())
                .containsPattern("NAME +CLASS +READY +AGE\none +a +True +\\d+s\n");
        assertThat(cluster.kubectl("explain", "gadget.spec.class").quiet()).contains("The class of the gadget.");
        assertThat(cluster.kubectl("get", "gadgets.v1beta1.example.com", "one").err())
                .isEqualTo("Warning: example.com/v1beta1 Gadget is deprecated\n");
        assertThat(cluster.kubectl("get", "all").quiet()).contains("gadget.example.com/one");
        cluster.kubectl("delete", "gd", "one").quiet();
    }

    @Test
    void aWatchShowsChangesAsTheyCome() throws Exception {
        String ns = namespace("watch");
        cluster.kubectl("create", "configmap", "first", "-n", ns).quiet();
        Process watch = cluster.start("get", "configmap", "-n", ns, "-w", "--no-headers");
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(watch.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(lines.readLine()).startsWith("first");
            cluster.kubectl("create", "configmap", "second", "--from-literal=a=b", "-n", ns)
                    .quiet();
            assertThat(lines.readLine()).matches("second +1 +\\d+s");
            cluster.kubectl("delete", "configmap", "first", "-n", ns).quiet();
            assertThat(lines.readLine()).startsWith("first");
        } finally {
            watch.destroy();
        }
    }

    @Test
    void podsRunCommandsAndShowTheirLogs() throws Exception {
        String ns = namespace("pods");
        cluster.kubectl(
                        "run",
                        "p",
                        "--image=app:1",
                        "-n",
                        ns,
                        "--overrides={\"spec\":{\"containers\":[{\"name\":" + "\"app\",\"image\":\"app:1\"}]}}")
                .quiet();
        assertThat(cluster.kubectl("get", "pods", "-n", ns).quiet()).containsPattern("p +0/1 +Pending +0 +");
        cluster.run(ns, "p");
        cluster.kubectl("wait", "--for=condition=Ready", "pod/p", "-n", ns, "--timeout=5s")
                .quiet();
        assertThat(cluster.kubectl("get", "pods", "-n", ns, "-o", "wide").quiet())
                .containsPattern("p +1/1 +Running +0 +\\S+ +10.244.0.5 +node1 +<none> +<none>");
        assertThat(cluster.kubectl("exec", "p", "-n", ns, "--", "hello", "world")
                        .quiet())
                .isEqualTo("hello world\n");
        assertThat(cluster.kubectlWith("some input", "exec", "-i", "p", "-n", ns, "--", "cat")
                        .quiet())
                .isEqualTo("some input");
        Result failed = cluster.kubectl("exec", "p", "-n", ns, "--", "fail");
        assertThat(failed.exitCode()).isEqualTo(3);
        assertThat(failed.err()).isEqualTo("it failed\ncommand terminated with exit code 3\n");
        assertThat(cluster.kubectl("logs", "p", "-n", ns, "--tail=2").quiet()).isEqualTo("line 1\nline 2\n");
        assertThat(cluster.kubectl("logs", "-f", "p", "-n", ns).quiet()).endsWith("line 3\n");
        assertThat(cluster.kubectl("logs", "-p", "p", "-n", ns).err())
                .isEqualTo("Error from server (BadRequest): previous terminated container \"app\" in pod \"p\" not"
                        + " found\n");
        assertThat(cluster.kubectl("describe", "pod", "p", "-n", ns).quiet()).contains("kube-api-access-");
        cluster.kubectl("delete", "pod", "p", "-n", ns, "--wait=false").quiet();
        assertThat(cluster.kubectl("get", "pods", "-n", ns).quiet()).contains("Terminating");
    }

    @Test
    void portsOfPodsAreForwarded() throws Exception {
        String ns = namespace("forward");
        cluster.kubectl("run", "p", "--image=app:1", "-n", ns).quiet();
        cluster.run(ns, "p");
        byte[] page = "x".repeat(200_000).getBytes(StandardCharsets.UTF_8);
        HttpServer web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        web.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        web.start();
        int port = web.getAddress().getPort();
        Process forward = cluster.start("port-forward", "pod/p", "-n", ns, ":" + port);
        try (HttpClient http = HttpClient.newHttpClient();
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(forward.getInputStream(), StandardCharsets.UTF_8))) {
            String local = lines.readLine().replaceAll(".*127.0.0.1:(\\d+) ->.*", "$1");
            for (int i = 0; i < 3; i++) {
                assertThat(http.send(
                                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + local + "/"))
                                                .build(),
                                        HttpResponse.BodyHandlers.ofByteArray())
                                .body())
                        .isEqualTo(page);
            }
        } finally {
            forward.destroy();
            web.stop(0);
        }
    }

    @Test
    void rolloutStatusFollowsTheDeployment() throws Exception {
        apply(DEPLOYMENT.formatted(namespace("rollout")));
        cluster.server().store().updateStatus(ResourceType.DEPLOYMENT, "rollout", "web", deployment -> {
            Json.ensureObject(deployment, "status")
                    .put("observedGeneration", 1)
                    .put("replicas", 1)
                    .put("updatedReplicas", 1)
                    .put("readyReplicas", 1)
                    .put("availableReplicas", 1);
            return deployment;
        });
        assertThat(cluster.kubectl("rollout", "status", "deploy/web", "-n", "rollout", "--timeout=5s")
                        .quiet())
                .isEqualTo("deployment \"web\" successfully rolled out\n");
        cluster.kubectl("rollout", "restart", "deploy/web", "-n", "rollout").quiet();
        assertThat(cluster.kubectl("get", "deploy/web", "-n", "rollout", "-o", "jsonpath={.metadata.generation}")
                        .quiet())
                .isEqualTo("2");
    }

    @Test
    void editChangesWhatTheEditorSaves() throws Exception {
        String ns = namespace("edit");
        cluster.kubectl("create", "configmap", "c", "--from-literal=a=old", "-n", ns)
                .quiet();
        Path editor = directory.resolve("editor");
        Files.writeString(editor, "#!/bin/sh\nsed -i s/old/new/ \"$1\"\n");
        assertThat(editor.toFile().setExecutable(true)).isTrue();
        ProcessBuilder edit = new ProcessBuilder("kubectl", "edit", "configmap", "c", "-n", ns);
        edit.environment().put("KUBECONFIG", cluster.kubeconfig().toString());
        edit.environment().put("HOME", directory.toString());
        edit.environment().put("KUBE_EDITOR", editor.toString());
        assertThat(edit.redirectErrorStream(true).start().waitFor()).isZero();
        assertThat(cluster.kubectl("get", "cm", "c", "-n", ns, "-o", "jsonpath={.data.a}")
                        .quiet())
                .isEqualTo("new");
    }

    @Test
    void aDryRunOnTheServerStoresNothing() throws Exception {
        String yaml = DEPLOYMENT.formatted(namespace("dry"));
        assertThat(apply(yaml, "--dry-run=server")).isEqualTo("deployment.apps/web created (server dry run)\n");
        assertThat(cluster.kubectl("get", "deploy", "-n", "dry").err())
                .isEqualTo("No resources found in dry namespace.\n");
    }

    @Test
    void selectorsChooseWhatIsShownAndDeleted() throws Exception {
        String ns = namespace("select");
        for (String name : new String[] {"a", "b", "c"}) {
            cluster.kubectl("create", "configmap", name, "-n", ns).quiet();
            cluster.kubectl("label", "configmap", name, "-n", ns, "group=" + name)
                    .quiet();
        }
        assertThat(cluster.kubectl("get", "cm", "-n", ns, "-l", "group in (a,b)", "-o", "name")
                        .quiet())
                .isEqualTo("configmap/a\nconfigmap/b\n");
        assertThat(cluster.kubectl("get", "cm", "-n", ns, "--field-selector", "metadata.name=c", "-o", "name")
                        .quiet())
                .isEqualTo("configmap/c\n");
        assertThat(cluster.kubectl("get", "cm", "-n", ns, "--chunk-size=1", "-o", "name")
                        .quiet())
                .isEqualTo("configmap/a\nconfigmap/b\nconfigmap/c\n");
        cluster.kubectl("delete", "cm", "-n", ns, "-l", "group!=c").quiet();
        assertThat(cluster.kubectl("get", "cm", "-n", ns, "-o", "name").quiet()).isEqualTo("configmap/c\n");
    }

    @Test
    void discoveryListsTypesWithTheirShortNames() throws Exception {
        assertThat(cluster.kubectl("api-resources").quiet())
                .containsPattern("deployments +deploy +apps/v1 +true +Deployment")
                .containsPattern("customresourcedefinitions +crd,crds +apiextensions.k8s.io/v1 +false +");
        assertThat(cluster.kubectl("api-versions").quiet()).contains("discovery.k8s.io/v1\n");
        assertThat(cluster.kubectl("explain", "deployment.spec.strategy").quiet())
                .contains("rollingUpdate\t<RollingUpdateDeployment>");
    }
}
