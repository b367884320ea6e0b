package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.periplus.wire.workload.TunnelProtocol;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that leave before they were answered: nothing is opened for them any more, and nothing held. */
@Timeout(40)
final class LeftClientsTest {
    private static final int PORT = 8080;
    /** Well below the ten seconds that connecting to an application may take. */
    private static final Duration SOON = Duration.ofSeconds(5);

    private final PodNetwork network = new PodNetwork();
    private final TestNode node = new TestNode();
    private PodHost outside;
    private PodHost stock;

    @BeforeEach
    void pods() throws IOException {
        outside = network.pod("outside", false);
        stock = network.pod("stock", true);
        node.serve(stock);
    }

    @AfterEach
    void close() {
        node.close();
        network.close();
    }

    private void known() {
        node.publish(TestNode.workload(stock, TunnelProtocol.HBONE).build());
    }

    private void assertLeft() {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(node.flows.of(Flow.Reporter.DESTINATION))
                        .hasSize(1)
                        .allSatisfy(ended -> assertThat(ended.error()).isEqualTo(InboundProxy.LEFT)));
        assertThat(node.connections.size()).isZero();
    }

    @Test
    void forOneWhosePodWasDeletedMeanwhileNothingIsOpened() throws Exception {
        try (PodHost.EchoApp app = stock.echo(PORT);
                Socket waiting = outside.connect(stock.address(), PORT)) {
            PodProxy proxy = node.pods.active().get(TestNode.uid(stock));
            await().until(() -> proxy.connections() == 1);
            node.pods.delete(TestNode.uid(stock));
            await().until(() -> waiting.getInputStream().read() < 0);

            known();

            assertLeft();
            assertThat(app.peers()).isEmpty();
        }
    }

    @Test
    void theApplicationIsNotWaitedForAnyLonger() throws Exception {
        known();
        List<SocketChannel> filling = new ArrayList<>();
        try (ServerSocket deaf = deaf(filling);
                ForeignClient client = new ForeignClient(node, outside, stock)) {
            assertThat(deaf.isBound()).isTrue();

            client.abandon(stock.address() + ":" + PORT, () -> node.connections.size() == 1);

            assertLeft();
        } finally {
            for (SocketChannel each : filling) {
                each.close();
            }
        }
    }

    /** An application that accepts nobody, and whose queue is full: the kernel answers no SYN any more. */
    private ServerSocket deaf(List<SocketChannel> filling) throws IOException {
        return stock.namespace().call(() -> {
            ServerSocket socket = new ServerSocket();
            socket.bind(new InetSocketAddress(stock.address(), PORT), 1);
            for (int i = 0; i < 4; i++) {
                SocketChannel one = SocketChannel.open();
                filling.add(one);
                one.configureBlocking(false);
                one.connect(socket.getLocalSocketAddress());
            }
            return socket;
        });
    }
}
