package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.util.ResourceLeakDetector;
import io.periplus.wire.waypoint.Listener;
import io.periplus.wire.waypoint.ListenerProtocol;
import io.periplus.wire.waypoint.ListenerTls;
import io.periplus.wire.waypoint.RouteKind;
import io.periplus.wire.workload.AppProtocol;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A gateway whose configuration changes while it works, and one that many look at and few talk to. */
class EdgeLoadTest {
    private static final EdgeCa CA = new EdgeCa("public");
    private static final int CLIENTS = 8;
    private static final int CHANGES = 40;
    private static final int IDLE = 3000;
    private final Application application = new Application("127.0.1.1", 0, "accounts");
    private final int clear = EdgeRig.freePort();
    private final int secure = EdgeRig.freePort();
    private final EdgeCa.Issued[] certificates = {CA.issue("EC", "a.example.com"), CA.issue("EC", "a.example.com")};
    private EdgeRig rig;

    @BeforeEach
    void start() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        rig = new EdgeRig();
        rig.service("accounts", AppProtocol.HTTP11, "127.0.1.1", application.port());
        rig.gateway(http(), https(0));
        rig.route(RouteKind.HTTP, "http", List.of(), "accounts");
        rig.route(RouteKind.HTTP, "https", List.of(), "accounts");
    }

    @AfterEach
    void stop() {
        rig.close();
        application.close();
    }

    private Listener http() {
        return Listener.newBuilder()
                .setName("http")
                .setPort(clear)
                .setProtocol(ListenerProtocol.LISTENER_HTTP)
                .build();
    }

    private Listener https(int certificate) {
        return Listener.newBuilder()
                .setName("https")
                .setPort(secure)
                .setProtocol(ListenerProtocol.LISTENER_HTTPS)
                .setTls(ListenerTls.newBuilder().addCertificates(certificates[certificate].pem()))
                .build();
    }

    /** Clients that ask without a pause, and start a new connection when told that theirs ends. */
    private final class Load implements AutoCloseable {
        final AtomicInteger answered = new AtomicInteger();
        final Queue<String> errors = new ConcurrentLinkedQueue<>();
        private final AtomicBoolean over = new AtomicBoolean();
        private final List<Thread> threads = new ArrayList<>();

        Load(int port, boolean tls) {
            SSLContext context = CA.client(null);
            for (int i = 0; i < CLIENTS; i++) {
                threads.add(Thread.startVirtualThread(() -> run(port, tls ? context : null)));
            }
        }

        private void run(int port, SSLContext context) {
            while (!over.get()) {
                try (RawClient client = context == null
                        ? new RawClient(EdgeRig.at(port))
                        : new RawClient(EdgeCa.connect(context, port, "a.example.com"))) {
                    RawClient.Answer answer;
                    do {
                        answer = client.get("/");
                        if (answer.status() != 200) {
                            errors.add(answer.head());
                        }
                        answered.incrementAndGet();
                    } while (!over.get() && answer.header("connection").isEmpty());
                } catch (IOException e) {
                    errors.add(e.toString());
                    return;
                }
            }
        }

        @Override
        public void close() throws InterruptedException {
            over.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    @Test
    void noRequestFailsWhileListenersAndCertificatesChange() throws Exception {
        List<Integer> others = List.of(EdgeRig.freePort(), EdgeRig.freePort());
        try (Load plain = new Load(clear, false);
                Load tls = new Load(secure, true)) {
            for (int i = 0; i < CHANGES; i++) {
                Listener other = http().toBuilder()
                        .setName("other-" + i)
                        .setPort(others.get(i % 2))
                        .build();
                rig.gateway(http(), https(i % 2), other);
                int before = plain.answered.get() + tls.answered.get();
                await().until(() -> plain.answered.get() + tls.answered.get() > before + CLIENTS);
            }
            assertThat(plain.errors).isEmpty();
            assertThat(tls.errors).isEmpty();
        }
    }

    @Test
    void aListenerThatIsRemovedUnderLoadAnswersWhatItHasTaken() throws Exception {
        try (Load leaving = new Load(clear, false);
                Load staying = new Load(secure, true)) {
            await().until(() -> leaving.answered.get() > 100 && staying.answered.get() > 100);
            rig.gateway(https(0));
            await().until(() -> leaving.threads.stream().noneMatch(Thread::isAlive));
            assertThat(leaving.errors)
                    .as("only new connections are refused, or end before they were used")
                    .allMatch(error -> error.contains("Connection refused")
                            || error.contains("ended after: ")
                            || error.contains("Connection reset")
                            || error.contains("Broken pipe"))
                    .noneMatch(error -> error.contains("HTTP/1.1"));
            int before = staying.answered.get();
            await().until(() -> staying.answered.get() > before + 100);
            assertThat(staying.errors).isEmpty();
        }
        await().until(() -> rig.proxy.connections() == 0);
    }

    @Test
    void thousandsOfIdleConnectionsDisturbNobody() throws Exception {
        List<Socket> idle = new ArrayList<>();
        try {
            for (int i = 0; i < IDLE; i++) {
                idle.add(new Socket(EdgeRig.at(clear).getAddress(), i % 2 == 0 ? clear : secure));
            }
            await().until(() -> rig.proxy.connections() == IDLE);
            try (RawClient busy = new RawClient(EdgeRig.at(clear))) {
                assertThat(busy.get("/").status()).isEqualTo(200);
            }
            RawClient oneOfThem = new RawClient(idle.get(IDLE - 2));
            assertThat(oneOfThem.get("/").status()).isEqualTo(200);
        } finally {
            for (Socket socket : idle) {
                socket.close();
            }
        }
        await().until(() -> rig.proxy.connections() == 0);
    }
}
