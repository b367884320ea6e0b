package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.periplus.dataplane.tls.Revocations;
import io.periplus.wire.workload.TunnelProtocol;
import io.periplus.ztunnel.dns.Dns;
import io.periplus.ztunnel.dns.DnsSettings;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One proxy takes the place of another in pods that do not stop talking: what their clients see. */
@Timeout(60)
final class ReplacementTest {
    private static final String VIP = "10.96.0.7";
    private static final int PORT = 8080;
    private static final int A = 1;
    private static final int REPLACEMENTS = 5;
    private static final int CLIENTS = 6;
    private static final Duration DEADLINE = Duration.ofSeconds(3);

    private final PodNetwork network = new PodNetwork();
    private PodHost cart;
    private PodHost stock;
    private PodHost outside;
    private InetSocketAddress resolver;
    private PodHost.EchoApp app;
    private TestNode node;

    @BeforeEach
    void pods() throws IOException {
        cart = network.pod("cart", true);
        stock = network.pod("stock", true);
        outside = network.pod("outside", false);
        resolver = new InetSocketAddress(outside.address(), 53);
        app = stock.echo(PORT);
        node = serving(null);
    }

    @AfterEach
    void close() throws IOException {
        app.close();
        node.close();
        network.close();
    }

    /** Knows everything and serves both pods when this returns, as a ztunnel that has become ready. */
    private TestNode serving(@Nullable TestNode predecessor) throws IOException {
        DnsSettings dns = new DnsSettings(true, DnsSettings.LOOPBACK, List.of(resolver), "cluster.local", "", true);
        TestNode fresh = predecessor == null
                ? new TestNode(dns)
                : new TestNode(dns, Revocations.NONE, predecessor.node.certificates());
        fresh.publish(TestNode.service("stock", VIP, 80, PORT).build());
        fresh.publish(TestNode.workload(cart, TunnelProtocol.HBONE).build());
        fresh.publish(TestNode.workload(stock, TunnelProtocol.HBONE, "stock").build());
        fresh.serve(cart);
        fresh.serve(stock);
        return fresh;
    }

    /** Returns how long the old one took to end. */
    private Duration replace(Duration deadline) throws IOException {
        TestNode old = node;
        node = serving(old);
        long start = System.nanoTime();
        old.pods.drain(deadline);
        old.close();
        return Duration.ofNanos(System.nanoTime() - start);
    }

    @Test
    void noNewConnectionFails() throws Exception {
        assertThat(storm(() -> cart.call(VIP, 80, "ahoy"))).containsOnly("ahoy");
    }

    @Test
    void noConnectionInClearFails() throws Exception {
        assertThat(storm(() -> outside.call(stock.address(), PORT, "ahoy"))).containsOnly("ahoy");
    }

    @Test
    void noQuestionForANameIsLost() throws Exception {
        assertThat(storm(() -> {
                    try (DatagramSocket socket = cart.namespace().call(DatagramSocket::new)) {
                        return Dns.udp(socket, resolver, Dns.query("stock", A, 0))
                                .records()
                                .toString();
                    }
                }))
                .containsOnly("[stock. A " + VIP + "]");
    }

    @Test
    void aProxyWithNothingOpenEndsAtOnce() throws IOException {
        assertThat(cart.call(VIP, 80, "ahoy")).isEqualTo("ahoy");

        assertThat(replace(Duration.ofSeconds(30))).isLessThan(Duration.ofSeconds(15));
    }

    @Test
    void openConnectionsGoOnAndAreCutAtTheDeadlineOnly() throws Exception {
        List<Talk> ending = List.of(new Talk(true), new Talk(true), new Talk(true));
        List<Talk> endless = List.of(new Talk(false), new Talk(false), new Talk(false));
        long start = System.nanoTime();

        Duration took = replace(DEADLINE);

        for (Talk talk : ending) {
            talk.thread.join();
            assertThat(talk.ended).as("ended by itself").isEqualTo("done");
        }
        for (Talk talk : endless) {
            talk.thread.join();
            assertThat(talk.ended).isNotEqualTo("done");
            assertThat(talk.endNanos - start).as("cut: %s", talk.ended).isGreaterThan(DEADLINE.toNanos() / 4 * 3);
        }
        assertThat(took).isBetween(DEADLINE.dividedBy(4).multipliedBy(3), DEADLINE.plusSeconds(10));
        assertThat(cart.call(VIP, 80, "ahoy")).isEqualTo("ahoy");
    }

    /** A connection with a small message every 50 ms, for half of the deadline or until it is cut. */
    private final class Talk {
        private static final int PAUSE_MILLIS = 50;

        final Thread thread;
        volatile String ended = "";
        volatile long endNanos;

        Talk(boolean ends) throws IOException {
            Socket socket = cart.connect(VIP, 80);
            exchange(socket);
            long end = System.nanoTime() + DEADLINE.toNanos() / 2;
            thread = Thread.ofPlatform().daemon().start(() -> {
                try (socket) {
                    while (!ends || System.nanoTime() < end) {
                        exchange(socket);
                        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                    }
                    ended = "done";
                } catch (IOException | InterruptedException e) {
                    ended = e.toString();
                }
                endNanos = System.nanoTime();
            });
        }

        private static void exchange(Socket socket) throws IOException {
            socket.getOutputStream().write(7);
            if (socket.getInputStream().read() != 7) {
                throw new IOException("the connection ended");
            }
        }
    }

    /** Everything that was answered while proxies came and went; a failure is an answer, too. */
    private List<String> storm(Callable<String> call) throws Exception {
        List<String> answers = new CopyOnWriteArrayList<>();
        AtomicInteger count = new AtomicInteger();
        AtomicBoolean done = new AtomicBoolean();
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(Thread.ofPlatform().daemon().start(() -> {
                while (!done.get()) {
                    String answer;
                    try {
                        answer = call.call();
                    } catch (Exception e) {
                        answer = e.toString();
                    }
                    count.incrementAndGet();
                    if (!answers.contains(answer)) {
                        answers.add(answer);
                    }
                }
            }));
        }
        for (int i = 0; i < REPLACEMENTS; i++) {
            int before = count.get();
            await().atMost(Duration.ofSeconds(20)).until(() -> count.get() > before + 2 * CLIENTS);
            replace(DEADLINE);
        }
        done.set(true);
        for (Thread client : clients) {
            client.join();
        }
        return answers;
    }
}
