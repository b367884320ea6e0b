package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.periplus.dataplane.hbone.HboneSettings;
import io.periplus.dataplane.testing.Leftovers;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pods and networks that go without a word, with connections open. */
@Timeout(60)
final class LostPeersTest {
    private static final String VIP = "10.96.0.7";
    private static final int PORT = 8080;
    private static final int CONNECTIONS = 20;
    private static final Duration SOON = Duration.ofMillis(500);

    private Leftovers leftovers;
    private PodNetwork network;
    private TestNode node;
    private PodHost cart;
    private PodHost stock;
    private PodHost.EchoApp app;
    private final List<Socket> open = new ArrayList<>();

    @BeforeEach
    void pods() throws IOException {
        leftovers = new Leftovers();
        network = new PodNetwork();
        node = new TestNode(TestNode.Setting.ofNetwork("", null)
                .with(HboneSettings.DEFAULT.withKeepalive(SOON, SOON.multipliedBy(2))));
        cart = network.pod("cart", true);
        stock = network.pod("stock", true);
        app = stock.echo(PORT);
        node.enrol(cart);
        node.enrol(stock, "stock");
        node.publish(TestNode.service("stock", VIP, 80, PORT).build());
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        for (Socket socket : open) {
            socket.close();
        }
        app.close();
        node.close();
        network.close();
        leftovers.close();
    }

    private void connect() throws IOException {
        for (int i = 0; i < CONNECTIONS; i++) {
            Socket socket = cart.connect(VIP, 80);
            socket.getOutputStream().write(i);
            assertThat(socket.getInputStream().read()).isEqualTo(i);
            open.add(socket);
        }
    }

    private void awaitNothingOpen() {
        await().atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(node.connections.size()).isZero());
        await().untilAsserted(() -> assertThat(node.flows.ended).hasSize(2 * CONNECTIONS));
    }

    @Test
    void connectionsThroughACutCableEndAndNewOnesWorkWhenItIsMended() throws IOException {
        connect();

        network.cut(stock);
        for (Socket socket : open) {
            assertThat(ends(socket)).isTrue();
        }
        awaitNothingOpen();
        assertThat(node.flows.of(Flow.Reporter.SOURCE))
                .allSatisfy(ended -> assertThat(ended.error()).contains("HBONE connection"));
        network.heal(stock);

        assertThat(cart.call(VIP, 80, "again")).isEqualTo("again");
    }

    @Test
    void aPodThatIsDeletedTakesItsConnectionsAlong() throws IOException {
        connect();

        // What the container runtime does: processes first, then the network.
        app.close();
        app.cut();
        network.cut(stock);
        node.pods.delete(TestNode.uid(stock));

        awaitNothingOpen();
        for (Socket socket : open) {
            assertThat(ends(socket)).isTrue();
        }
        assertThat(node.pods.active()).containsOnlyKeys(TestNode.uid(cart));
    }

    @Test
    void aPodWhoseClientsDoNotEndIsCutWhenItsTimeIsUp() throws IOException {
        connect();

        node.pods.delete(TestNode.uid(stock));

        awaitNothingOpen();
        for (Socket socket : open) {
            assertThat(ends(socket)).isTrue();
        }
    }

    private static boolean ends(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException _) {
            return false;
        } catch (IOException _) {
            return true;
        }
    }
}
