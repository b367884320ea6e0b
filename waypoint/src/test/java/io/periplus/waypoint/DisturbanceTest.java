package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.periplus.wire.workload.AppProtocol;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Clients and endpoints that leave in the middle. */
class DisturbanceTest {
    private static final int CLIENTS = 150;

    @Test
    void aClientThatLeavesEndsTheApplicationsWork() throws Exception {
        CountDownLatch left = new CountDownLatch(1);
        try (Rig rig = new Rig();
                ServerSocket listener = new ServerSocket(0, 16, InetAddress.ofLiteral("127.0.1.1"))) {
            Thread.startVirtualThread(() -> {
                try (Socket connection = listener.accept()) {
                    connection.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
                    left.countDown();
                } catch (java.io.IOException _) {
                    left.countDown();
                }
            });
            rig.service(AppProtocol.HTTP11, listener.getLocalPort(), "127.0.1.1");
            try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
                client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                await().until(() -> rig.tunnelsToEndpoints.get() == 1);
            }
            assertThat(left.await(5, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void clientsThatLeaveAtAnyMomentLeaveNothingBehind() throws Exception {
        AtomicInteger answered = new AtomicInteger();
        Random random = new Random(7);
        try (Rig rig = new Rig();
                Application one = new Application("127.0.1.1", 0, "one")) {
            rig.service(AppProtocol.UNKNOWN, one.port(), "127.0.1.1", "127.0.1.2");
            var address = rig.client(Rig.FINANCE);
            String request = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + "10000\r\n"
                    + "x".repeat(0x10000) + "\r\n0\r\n\r\nGET /stream?bytes=1000000 HTTP/1.1\r\nHost: a\r\n\r\n";
            for (int i = 0; i < CLIENTS; i++) {
                try (RawClient client = new RawClient(address)) {
                    client.send(request.substring(0, random.nextInt(request.length())));
                    client.socket.setSoTimeout(1 + random.nextInt(20));
                    client.answer();
                    answered.incrementAndGet();
                } catch (java.io.IOException _) {
                    // Left in the middle.
                }
            }
            try (RawClient client = new RawClient(address)) {
                assertThat(client.get("/").status()).isEqualTo(200);
            }
            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(
                            () -> assertThat(rig.waypoint.requestsInProgress()).isZero());
        }
        assertThat(answered).hasValueLessThan(CLIENTS);
    }
}
