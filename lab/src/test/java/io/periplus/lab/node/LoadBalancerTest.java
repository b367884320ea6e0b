package io.periplus.lab.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.apiserver.PodRuntime;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Meta;
import io.periplus.lab.store.ResourceType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Services of type LoadBalancer, from the host and from pods. Needs root. */
class LoadBalancerTest {
    private static final int PORT = 18_087;

    @TempDir
    static Path directory;

    static NodeFixture lab;
    static ObjectNode echo;

    @BeforeAll
    static void start() throws IOException {
        lab = new NodeFixture(directory);
        lab.apply("""
                kind: Pod
                metadata: {name: echo, labels: {app: echo}}
                spec:
                  containers:
                  - name: echo
                    image: hashicorp/http-echo:1.0
                    args: [-text=hello, "-listen=:8080"]
                    readinessProbe: {httpGet: {path: /, port: 8080}}
                """);
        lab.apply("""
                kind: Pod
                metadata: {name: other}
                spec:
                  containers:
                  - {name: curl, image: "curlimages/curl:8.5.0", command: [sleep, infinity]}
                """);
        lab.awaitReady("other");
        echo = lab.awaitReady("echo");
    }

    @AfterAll
    static void stop() throws IOException {
        lab.close();
        assertThat(NodeCleanup.isNeeded(lab.config.cluster())).isFalse();
    }

    @Test
    void itsAddressLeadsToThePodsFromEverywhereUntilItIsDeleted() throws Exception {
        String address = service("web", 1);
        endpoints("web", "node-of-nobody");
        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(get(address)).isEqualTo("hello\n"));
        assertThat(curl("other", address + ":" + PORT)).isEqualTo("hello\n");
        assertThat(curl("echo", address + ":" + PORT)).isEqualTo("hello\n");

        lab.store.delete(ResourceType.SERVICE, "accounts", "web", null, null);
        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThatThrownBy(() -> connect(new InetSocketAddress(address, PORT)))
                        .isInstanceOf(ConnectException.class));
    }

    @Test
    void aPortThatNobodyServesRefusesAtOnce() throws Exception {
        String address = service("ports", 2);
        endpoints("ports", "node-of-nobody");
        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(get(address)).isEqualTo("hello\n"));
        assertThatThrownBy(() -> connect(new InetSocketAddress(address, PORT + 1)))
                .isInstanceOf(ConnectException.class);
        long before = System.nanoTime();
        assertThat(curl("other", address + ":" + (PORT + 1))).isEmpty();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void aBigAnswerAndAHalfClosedConnectionPassWhole() throws Exception {
        String address = service("half", 3);
        endpoints("half", "node-of-nobody");
        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(get(address)).isEqualTo("hello\n"));
        try (Socket socket = connect(new InetSocketAddress(address, PORT))) {
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .endsWith("hello\n");
        }
    }

    @Test
    void withALocalPolicyOnlyEndpointsOfTheNodeServe() throws Exception {
        String address = service("local", 4);
        lab.store.update(ResourceType.SERVICE, "accounts", "local", service -> {
            service.withObject("spec").put("externalTrafficPolicy", "Local");
            return service;
        });
        endpoints("local", "another-node");
        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThatThrownBy(() -> get(address))
                        .isInstanceOf(IOException.class)
                        .isNotInstanceOf(ConnectException.class));
        lab.store.update(ResourceType.ENDPOINT_SLICE, "accounts", "local-1", slice -> {
            ((ObjectNode) slice.path("endpoints").path(0)).put("nodeName", lab.config.name());
            return slice;
        });
        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(get(address)).isEqualTo("hello\n"));
    }

    private static String service(String name, int number) {
        String address = lab.config.loadBalancerCidr().address(number);
        lab.apply("""
                kind: Service
                metadata: {name: %1$s}
                spec: {type: LoadBalancer, clusterIP: 10.96.8.%2$d, ports: [{port: %3$d}]}
                status: {loadBalancer: {ingress: [{ip: %4$s}]}}
                """.formatted(name, number, PORT, address));
        return address;
    }

    private static void endpoints(String service, String node) {
        lab.apply("""
                kind: EndpointSlice
                metadata: {name: %1$s-1, labels: {kubernetes.io/service-name: %1$s}}
                addressType: IPv4
                ports: [{port: 8080, name: ""}]
                endpoints: [{addresses: [%2$s], nodeName: %3$s, conditions: {ready: true}}]
                """.formatted(service, Json.text(echo, "status", "podIP"), node));
    }

    private static String get(String address) throws IOException, InterruptedException {
        try (HttpClient client =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(3)).build()) {
            return client.send(
                            HttpRequest.newBuilder(URI.create("http://" + address + ":" + PORT + "/"))
                                    .timeout(Duration.ofSeconds(3))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    private static Socket connect(InetSocketAddress address) throws IOException {
        Socket socket = new Socket();
        socket.connect(address, 3000);
        return socket;
    }

    private static String curl(String pod, String url) throws IOException {
        ObjectNode target = lab.awaitReady(pod);
        String container = pod.equals("echo") ? "echo" : "curl";
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        lab.node
                .runtime()
                .exec(
                        new PodRuntime.ContainerRef("accounts", pod, Meta.uid(target), container),
                        new PodRuntime.ExecRequest(List.of("curl", "-s", "-m", "3", url), null, out, null, null));
        return out.toString(StandardCharsets.UTF_8);
    }
}
