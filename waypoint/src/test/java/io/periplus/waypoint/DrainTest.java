package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.wire.workload.AppProtocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The end of a waypoint: nothing in progress is lost. */
class DrainTest {
    @Test
    void aRequestInProgressIsAnsweredAndIdleConnectionsEnd() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        try (Rig rig = new Rig();
                ServerSocket listener = new ServerSocket(0, 16, InetAddress.ofLiteral("127.0.1.1"))) {
            Thread.startVirtualThread(() -> {
                try {
                    while (true) {
                        Socket connection = listener.accept();
                        Thread.startVirtualThread(() -> serve(connection, asked, answer));
                    }
                } catch (IOException _) {
                    // The test is over.
                }
            });
            rig.service(AppProtocol.HTTP11, listener.getLocalPort(), "127.0.1.1");
            try (RawClient busy = new RawClient(rig.client(Rig.FINANCE));
                    RawClient idle = new RawClient(rig.client(Rig.FINANCE))) {
                assertThat(idle.get("/").header("connection")).isEmpty();
                busy.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
                assertThat(asked.await(5, TimeUnit.SECONDS)).isTrue();
                Thread drain = Thread.startVirtualThread(() -> {
                    try {
                        rig.waypoint.drain(Duration.ZERO, Duration.ofSeconds(5));
                    } catch (InterruptedException _) {
                        Thread.currentThread().interrupt();
                    }
                });
                assertThat(idle.ended()).isTrue();
                answer.countDown();
                RawClient.Answer late = busy.answer();
                assertThat(late.body()).isEqualTo("late");
                assertThat(late.header("connection")).isEqualTo("close");
                assertThat(busy.ended()).isTrue();
                assertThat(drain.join(Duration.ofSeconds(4))).isTrue();
            }
        }
    }

    private static void serve(Socket connection, CountDownLatch asked, CountDownLatch answer) {
        byte[] request = new byte[4096];
        try (connection) {
            int length;
            while ((length = connection.getInputStream().read(request)) > 0) {
                if (new String(request, 0, length, StandardCharsets.US_ASCII).startsWith("GET /slow")) {
                    asked.countDown();
                    answer.await();
                }
                connection
                        .getOutputStream()
                        .write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate".getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException | InterruptedException _) {
            // The test is over.
        }
    }
}
