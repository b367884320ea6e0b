package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.periplus.dataplane.testing.Leftovers;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A proxy without a free descriptor: what it has goes on, it wastes no time, and it serves again when there are some. */
@Timeout(60)
final class DescriptorShortageTest {
    private static final String VIP = "10.96.0.7";
    private static final int PORT = 8080;
    private static final int CLIENTS = 20;
    private static final Duration LOOK = Duration.ofSeconds(1);

    private Leftovers leftovers;
    private PodNetwork network;
    private TestNode node;
    private PodHost cart;
    private PodHost.EchoApp app;

    @BeforeEach
    void pods() throws IOException {
        leftovers = new Leftovers();
        network = new PodNetwork();
        node = new TestNode();
        cart = network.pod("cart", true);
        PodHost stock = network.pod("stock", true);
        app = stock.echo(PORT);
        node.enrol(cart);
        node.enrol(stock, "stock");
        node.publish(TestNode.service("stock", VIP, 80, PORT).build());
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        app.close();
        node.close();
        network.close();
        leftovers.close();
    }

    @Test
    void connectionsWaitUntilThereAreDescriptorsAgain() throws Exception {
        List<SocketChannel> waiting = new ArrayList<>();
        try (Socket open = cart.connect(VIP, 80)) {
            exchange(open);
            for (int i = 0; i < CLIENTS; i++) {
                waiting.add(cart.namespace().call(SocketChannel::open));
            }
            try (OpenFiles files = OpenFiles.butFor(0)) {
                for (SocketChannel client : waiting) {
                    client.connect(new InetSocketAddress(VIP, 80));
                }
                long before = loopsCpuNanos();
                TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
                assertThat(Duration.ofNanos(loopsCpuNanos() - before))
                        .as("CPU time of the loops within %s", LOOK)
                        .isLessThan(LOOK.dividedBy(2));
                exchange(open);

                files.release();
                for (SocketChannel client : waiting) {
                    exchange(client.socket());
                }
            }
        } finally {
            for (SocketChannel client : waiting) {
                client.close();
            }
        }
    }

    @Test
    void aConnectionThatCannotGoOnForWantOfOneIsEndedAndTheNextIsServed() throws Exception {
        try (Socket open = cart.connect(VIP, 80);
                SocketChannel client = cart.namespace().call(SocketChannel::open)) {
            exchange(open);
            client.socket().setSoTimeout(20_000);
            try (OpenFiles files = OpenFiles.butFor(1)) {
                // Its own end is accepted; for the application's there is none left.
                client.connect(new InetSocketAddress(VIP, 80));
                assertThat(ends(client.socket())).isTrue();
                exchange(open);

                files.release();
            }
            assertThat(node.flows.of(Flow.Reporter.SOURCE)).isNotEmpty();
        }
        await().atMost(Duration.ofSeconds(10)).until(() -> cart.isServed(VIP, 80));
        await().untilAsserted(() -> assertThat(node.connections.size()).isZero());
    }

    private static boolean ends(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException e) {
            return !(e instanceof java.net.SocketTimeoutException);
        }
    }

    private static void exchange(Socket socket) throws IOException {
        socket.getOutputStream().write(7);
        assertThat(socket.getInputStream().read()).isEqualTo(7);
    }

    private static long loopsCpuNanos() {
        var threads = ManagementFactory.getThreadMXBean();
        long nanos = 0;
        for (var thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null && thread.getThreadName().startsWith("test-")) {
                nanos += threads.getThreadCpuTime(thread.getThreadId());
            }
        }
        return nanos;
    }
}
