package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many connections at once, whose clients end in every way there is. */
@Timeout(60)
final class ManyConnectionsTest {
    private static final int CLIENTS = 16;
    private static final int CALLS = 12;

    private final AtomicInteger resets = new AtomicInteger();

    @Test
    void everyByteArrivesAndNothingIsLeftOver() throws Exception {
        List<String> wrong = new CopyOnWriteArrayList<>();
        try (PodNetwork network = new PodNetwork();
                TestNode node = new TestNode()) {
            PodHost cart = network.pod("cart", true);
            PodHost stock = network.pod("stock", true);
            node.enrol(cart);
            node.enrol(stock);
            try (var app = stock.echo(8080);
                    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
                IntStream.range(0, CLIENTS)
                        .forEach(client -> clients.submit(() -> {
                            Random random = new Random(client);
                            for (int call = 0; call < CALLS; call++) {
                                try {
                                    converse(cart, stock, random);
                                } catch (IOException | AssertionError e) {
                                    wrong.add("client %d call %d: %s".formatted(client, call, e));
                                }
                            }
                        }));
            }
            assertThat(wrong).isEmpty();
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(node.connections.size()).isZero());
            // A reset may overtake its connection before anybody has accepted that; and a tunnel whose connection
            // showed no
            // life in time, on a busy machine, is asked for once more elsewhere and then known twice to the server.
            int calls = CLIENTS * CALLS;
            int atLeast = calls - resets.get();
            await().untilAsserted(() ->
                    assertThat(node.flows.of(Flow.Reporter.SOURCE)).hasSizeBetween(atLeast, calls));
            await().untilAsserted(() ->
                    assertThat(node.flows.of(Flow.Reporter.DESTINATION)).hasSizeBetween(atLeast, 2 * calls));
        }
    }

    private void converse(PodHost from, PodHost to, Random random) throws IOException {
        byte[] body = new byte[random.nextInt(200_000)];
        random.nextBytes(body);
        try (Socket socket = from.connect(to.address(), 8080)) {
            switch (random.nextInt(4)) {
                case 0 -> {
                    // Gives up in the middle, with a reset.
                    resets.incrementAndGet();
                    socket.setSoLinger(true, 0);
                    socket.getOutputStream().write(body);
                }
                case 1 -> {
                    // Leaves without reading the answer.
                    socket.getOutputStream().write(body, 0, Math.min(body.length, 1000));
                }
                default -> {
                    Thread writer = Thread.ofVirtual().start(() -> {
                        try {
                            socket.getOutputStream().write(body);
                            socket.shutdownOutput();
                        } catch (IOException _) {
                            // The reader will miss the rest.
                        }
                    });
                    byte[] answer = socket.getInputStream().readAllBytes();
                    join(writer);
                    assertThat(Arrays.equals(answer, body))
                            .as("%d of %d bytes", answer.length, body.length)
                            .isTrue();
                }
            }
        }
    }

    private static void join(Thread thread) throws IOException {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
