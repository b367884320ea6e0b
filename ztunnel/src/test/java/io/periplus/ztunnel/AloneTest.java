package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes that serve one pod each, from a file, with a fake authority: no control plane, no node agent. */
@Timeout(60)
final class AloneTest {
    private static final int PORT = 8080;
    private static final String MESH = """
            workloads:
            - {uid: cart, name: cart, namespace: shop, serviceAccount: cart, node: local, protocol: HBONE, workloadIps: [%s]}
            - uid: stock
              name: stock
              namespace: shop
              serviceAccount: stock
              node: local
              protocol: HBONE
              workloadIps: [%s]
              services: {shop/stock.example: {80: 8080}}
            services:
            - {name: stock, namespace: shop, hostname: stock.example, vips: [/10.96.0.7], ports: {80: 8080}}
            policies:
            - name: no-port-9999
              namespace: shop
              scope: Namespace
              action: Deny
              rules: [[[{destinationPorts: [9999]}]]]
            """;

    @TempDir
    Path files;

    private final PodNetwork network = new PodNetwork();
    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        processes.forEach(Process::destroy);
        for (Process process : processes) {
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
        network.close();
    }

    private void start(PodHost pod) throws IOException {
        Path log = files.resolve(pod.name() + ".log");
        ProcessBuilder builder = new ProcessBuilder(
                        "ip",
                        "netns",
                        "exec",
                        network.nameOf(pod),
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "--enable-native-access=ALL-UNNAMED",
                        ZtunnelMain.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment()
                .putAll(Map.of(
                        "LOCAL_XDS_PATH",
                        files.resolve("mesh.yaml").toString(),
                        "FAKE_CA",
                        files.resolve("ca.pem").toString(),
                        "PROXY_MODE",
                        "dedicated",
                        "PROXY_WORKLOAD_INFO",
                        "shop/%s/%s".formatted(pod.name(), pod.name()),
                        "NODE_NAME",
                        "local",
                        "PACKET_MARK",
                        "1337",
                        "ISTIO_META_DNS_CAPTURE",
                        "false",
                        "UNSTABLE_ENABLE_SOCKS5",
                        "true"));
        processes.add(builder.start());
    }

    private static String readiness(PodHost pod) {
        try (Socket socket = pod.connect("127.0.0.1", 15021)) {
            socket.getOutputStream()
                    .write("GET /healthz/ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void twoProcessesWithOneFileAndOneFakeAuthorityAreAMesh() throws Exception {
        PodHost cart = network.pod("cart", true);
        PodHost stock = network.pod("stock", true);
        Files.writeString(files.resolve("mesh.yaml"), MESH.formatted(cart.address(), stock.address()));
        start(cart);
        start(stock);
        for (PodHost pod : List.of(cart, stock)) {
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(readiness(pod)).startsWith("HTTP/1.1 200"));
        }

        try (PodHost.EchoApp app = stock.echo(PORT);
                PodHost.EchoApp forbidden = stock.echo(9999)) {
            assertThat(cart.call("10.96.0.7", 80, "captured")).isEqualTo("captured");
            try (Socket socks = cart.connect("127.0.0.1", ProxyPorts.SOCKS5)) {
                socks.getOutputStream()
                        .write("\5\1\0\5\1\0\3\15stock.example\0\120asked".getBytes(StandardCharsets.ISO_8859_1));
                socks.shutdownOutput();
                assertThat(new String(socks.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                        .endsWith("asked");
            }
            assertThat(app.peers()).containsExactly(cart.address(), cart.address());
            assertThat(cart.isCutOff(stock.address(), 9999)).isTrue();
            assertThat(forbidden.peers()).isEmpty();
        }
        await().untilAsserted(() -> assertThat(Files.readString(files.resolve("stock.log")))
                .contains("src.identity=\"spiffe://cluster.local/ns/shop/sa/cart\"")
                .contains("explicitly denied by: shop/no-port-9999"));
    }

    @Test
    void aPortThatIsTakenStopsTheStart() throws Exception {
        PodHost cart = network.pod("cart", false);
        Files.writeString(files.resolve("mesh.yaml"), MESH.formatted(cart.address(), "10.0.0.9"));
        try (PodHost.EchoApp _ = cart.echo(ProxyPorts.INBOUND_PLAINTEXT)) {
            start(cart);
            assertThat(processes.getFirst().waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(processes.getFirst().exitValue()).isEqualTo(1);
        assertThat(Files.readString(files.resolve("cart.log"))).contains("cannot listen on port 15006");
    }

    @Test
    void aFileThatCannotBeUsedStopsTheStartAndSaysWhere() throws Exception {
        PodHost cart = network.pod("cart", false);
        Files.writeString(files.resolve("mesh.yaml"), "workloads: [{uid: cart}]");

        start(cart);

        assertThat(processes.getFirst().waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(processes.getFirst().exitValue()).isEqualTo(1);
        assertThat(Files.readString(files.resolve("cart.log")))
                .contains("ztunnel cannot start")
                .contains("mesh.yaml: workloads[0].name: nothing (expected: text)");
    }
}
