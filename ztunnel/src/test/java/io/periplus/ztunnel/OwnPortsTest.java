package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.periplus.dataplane.admin.AdminPages;
import io.periplus.dataplane.admin.AdminServer;
import io.periplus.dataplane.net.SocketFactory;
import io.periplus.dataplane.net.SocketSettings;
import io.periplus.wire.authorization.Action;
import io.periplus.wire.authorization.Authorization;
import io.periplus.wire.authorization.Scope;
import io.periplus.wire.workload.TunnelProtocol;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The proxy's own ports, in pods and in its own pod {@code ztunnel}, as the captured pod {@code cart} meets them. */
@Timeout(30)
final class OwnPortsTest {
    private static final int[] PORTS = {15001, 15006, 15008, 15080, 15000, 15020, 15021};
    /** That many connections per call would be a loop. */
    private static final int LOOP = 8;

    private final PodNetwork network = new PodNetwork();
    private final TestNode node = new TestNode();
    private PodHost cart;
    private PodHost stock;
    private PodHost ztunnel;
    private SelfProxy self;
    private AdminServer admin;
    private AdminServer metrics;
    private AdminServer readiness;

    @BeforeEach
    void pods() throws IOException {
        cart = network.pod("cart", true);
        stock = network.pod("stock", true);
        ztunnel = network.pod("ztunnel", false);
        node.enrol(cart);
        node.enrol(stock);
        node.publish(TestNode.workload(ztunnel, TunnelProtocol.HBONE).build());
        Pod own = new Pod("self", TestNode.NAMESPACE, "ztunnel", "ztunnel");
        SocketFactory sockets = SocketFactory.in(ztunnel.namespace().duplicate(), SocketSettings.PLAIN);
        self = SelfProxy.start(node.node, own, sockets, ProxyPorts.HBONE);
        // As the process has them, in the pod's namespace.
        admin = page(new InetSocketAddress("127.0.0.1", 15000), "/config_dump");
        metrics = page(new InetSocketAddress(15020), "/stats/prometheus");
        readiness = page(new InetSocketAddress(15021), "/healthz/ready");
    }

    private AdminServer page(InetSocketAddress address, String path) throws IOException {
        return ztunnel.namespace()
                .call(() -> AdminServer.start(address, Map.of(path, AdminPages.metrics(node.metrics))));
    }

    @AfterEach
    void close() throws IOException {
        admin.close();
        metrics.close();
        readiness.close();
        self.close();
        node.close();
        network.close();
    }

    @Test
    void metricsAreReadThroughTheMeshAndLoggedAsIncoming() throws IOException {
        String answer = get(15020, "/stats/prometheus");

        assertThat(answer).startsWith("HTTP/1.1 200").contains("# EOF");
        Flow flow = await().until(() -> node.flows.of(Flow.Reporter.DESTINATION), ended -> !ended.isEmpty())
                .getFirst()
                .flow();
        assertThat(flow.destinationWorkload.getName()).isEqualTo("ztunnel");
        assertThat(flow.sourceIdentity).hasToString("spiffe://cluster.local/ns/shop/sa/cart");
        assertThat(flow.hboneTarget).isEqualTo(ztunnel.address() + ":15020");
        assertThat(get(15021, "/healthz/ready")).startsWith("HTTP/1.1 200");
    }

    @Test
    void policyHoldsForThemToo() throws IOException {
        node.policy(Authorization.newBuilder()
                .setNamespace(TestNode.NAMESPACE)
                .setName("nobody")
                .setScope(Scope.NAMESPACE)
                .setAction(Action.ALLOW)
                .build());

        assertThat(get(15020, "/stats/prometheus")).isEmpty();
    }

    @Test
    void whatIsAskedOfThemByMistakeNeitherLoopsNorLeaks() throws IOException {
        String[] targets = {cart.address(), "127.0.0.1", "::1", stock.address(), ztunnel.address(), ztunnel.address6()};
        Map<String, String> answers = new ConcurrentHashMap<>();
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (String target : targets) {
                for (int port : PORTS) {
                    callers.submit(() -> answers.put(target + " " + port, mistake(target, port)));
                }
            }
        }
        assertThat(answers).hasSize(targets.length * PORTS.length);
        answers.forEach((asked, answer) -> {
            boolean page = asked.startsWith(ztunnel.address() + " ") || asked.startsWith(ztunnel.address6() + " ");
            if (page && (asked.endsWith(" 15020") || asked.endsWith(" 15021"))) {
                assertThat(answer).as(asked).startsWith("HTTP/1.1 400");
            } else {
                assertThat(answer).as(asked).isEmpty();
            }
        });
        await().untilAsserted(() -> assertThat(node.connections.size()).isZero());
        assertThat(node.flows.ended).hasSizeLessThan(targets.length * PORTS.length * LOOP);
        assertThat(node.pods.active().values()).allMatch(proxy -> proxy.connections() < LOOP);
    }

    private String get(int port, String path) throws IOException {
        try (Socket socket = cart.connect(ztunnel.address(), port)) {
            return exchange(socket, "GET " + path + " HTTP/1.1\r\nHost: ztunnel\r\nConnection: close\r\n\r\n");
        }
    }

    /** What comes back for something that is no request; empty if there is no connection. */
    private String mistake(String target, int port) {
        try (Socket socket = cart.connect(target, port)) {
            socket.getOutputStream().write("no request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException _) {
            return "";
        }
    }

    private static String exchange(Socket socket, String request) {
        try {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException _) {
            return "";
        }
    }
}
