package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.periplus.waypoint.telemetry.ConnectionReport;
import io.periplus.waypoint.telemetry.RequestReport;
import io.periplus.waypoint.telemetry.Telemetry;
import io.periplus.wire.workload.AppProtocol;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Endpoints and clients that die at every stage of a request: what the client gets, and what the access log says of it. */
class FaultTest {
    private static final String TERMINATED =
            "upstream connect error or disconnect/reset before headers. reset reason: connection termination";

    private final BlockingQueue<RequestReport> reports = new LinkedBlockingQueue<>();
    private Rig rig;
    private ServerSocket listener;
    private InetSocketAddress finance;

    private interface Behaviour {
        void on(Socket connection, InputStream in) throws Exception;
    }

    @BeforeEach
    void start() throws IOException {
        rig = new Rig(new Telemetry() {
            @Override
            public void ended(RequestReport report) {
                reports.add(report);
            }

            @Override
            public void opened(ConnectionReport report) {}

            @Override
            public void moved(ConnectionReport report, long received, long sent) {}

            @Override
            public void ended(ConnectionReport report) {}
        });
        listener = new ServerSocket(0, 64, InetAddress.ofLiteral("127.0.1.1"));
        rig.service(AppProtocol.HTTP11, listener.getLocalPort(), "127.0.1.1");
        finance = rig.client(Rig.FINANCE);
    }

    @AfterEach
    void stop() throws IOException {
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(
                        () -> assertThat(rig.waypoint.requestsInProgress()).isZero());
        listener.close();
        rig.close();
    }

    /** What the application does on each of its connections. */
    private void application(Behaviour behaviour) {
        Thread.startVirtualThread(() -> {
            while (!listener.isClosed()) {
                try {
                    Socket connection = listener.accept();
                    Thread.startVirtualThread(() -> {
                        try (connection) {
                            behaviour.on(connection, connection.getInputStream());
                        } catch (Exception _) {
                            // That is what this test is about.
                        }
                    });
                } catch (IOException _) {
                    // The test is over.
                }
            }
        });
    }

    private static void say(Socket connection, String text) throws IOException {
        connection.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void die(Socket connection) throws IOException {
        connection.setSoLinger(true, 0);
        connection.close();
    }

    private RequestReport report() throws InterruptedException {
        return reports.poll(10, TimeUnit.SECONDS);
    }

    @Test
    void anEndpointThatClosesBeforeItAnswers() throws Exception {
        application((connection, in) -> in.read(new byte[4096]));
        try (RawClient client = new RawClient(finance)) {
            RawClient.Answer answer = client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi")
                    .answer();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).isEqualTo(TERMINATED);
            RequestReport report = report();
            assertThat(report.flags()).isEqualTo("UC");
            assertThat(report.details()).isEqualTo("upstream_reset_before_response_started{connection_termination}");
        }
    }

    @Test
    void anEndpointThatResetsInTheMiddleOfTheRequest() throws Exception {
        application((connection, in) -> {
            in.readNBytes(100_000);
            die(connection);
        });
        try (RawClient client = new RawClient(finance)) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n");
            Thread writing = Thread.startVirtualThread(() -> {
                try {
                    for (int i = 0; i < 100; i++) {
                        client.send("x".repeat(1_000_000));
                    }
                } catch (IOException _) {
                    // The waypoint has had enough.
                }
            });
            RawClient.Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).isEqualTo(TERMINATED);
            assertThat(report().flags()).isEqualTo("UC");
            client.socket.close();
            writing.join();
        }
    }

    @Test
    void anEndpointThatDiesWithinASizedAnswer() throws Exception {
        application((connection, in) -> {
            in.read(new byte[4096]);
            say(connection, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
        });
        try (RawClient client = new RawClient(finance)) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.head()).startsWith("HTTP/1.1 200 ");
            assertThat(client.bytes(10)).isEqualTo("half");
            assertThat(client.ended()).isTrue();
            RequestReport report = report();
            assertThat(report.flags()).isEqualTo("UC");
            assertThat(report.status()).isEqualTo(200);
            assertThat(report.details()).isEqualTo("upstream_reset_after_response_started{connection_termination}");
        }
    }

    @Test
    void anEndpointThatDiesWithinAChunkedAnswer() throws Exception {
        application((connection, in) -> {
            in.read(new byte[4096]);
            say(connection, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
        });
        try (RawClient client = new RawClient(finance)) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThatThrownBy(client::answer).hasMessageContaining("ended");
            assertThat(report().flags()).isEqualTo("UC");
        }
        try (H2Client client = H2Client.open(finance)) {
            client.get(1, "/").flush();
            assertThat(client.answer()).isEqualTo("200|half|cut off");
            assertThat(report().flags()).isEqualTo("UC");
        }
    }

    @Test
    void anEndpointWhoseChunksAreBroken() throws Exception {
        application((connection, in) -> {
            in.read(new byte[4096]);
            say(connection, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalfway\r\n");
            in.read();
        });
        try (RawClient client = new RawClient(finance)) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThatThrownBy(client::answer).hasMessageContaining("ended");
            RequestReport report = report();
            assertThat(report.flags()).isEqualTo("UPE");
            assertThat(report.details()).isEqualTo("upstream_reset_after_response_started{protocol_error}");
        }
    }

    @Test
    void anEndpointThatIsNotThere() throws Exception {
        listener.close();
        try (RawClient client = new RawClient(finance)) {
            RawClient.Answer answer = client.get("/");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body())
                    .startsWith("upstream connect error or disconnect/reset before headers. "
                            + "retried and the latest reset reason: remote connection failure");
            assertThat(report().flags()).isEqualTo("UF,URX");
        }
    }

    @Test
    void anEndpointThatAnswersEarlyAndStopsReading() throws Exception {
        application((connection, in) -> {
            in.readNBytes(100);
            say(connection, "HTTP/1.1 413 Too Much\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
            connection.shutdownOutput();
            in.transferTo(java.io.OutputStream.nullOutputStream());
        });
        try (RawClient client = new RawClient(finance)) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + "x".repeat(1000));
            RawClient.Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.body()).isEqualTo("no");
            assertThat(report().flags()).isEmpty();
        }
    }

    @Test
    void aClientThatLeavesInTheMiddleOfItsRequest() throws Exception {
        CountDownLatch began = new CountDownLatch(1);
        CountDownLatch left = new CountDownLatch(1);
        application((connection, in) -> {
            try {
                in.read();
                began.countDown();
                in.transferTo(java.io.OutputStream.nullOutputStream());
            } finally {
                left.countDown();
            }
        });
        try (RawClient client = new RawClient(finance)) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + "x".repeat(1000));
            assertThat(began.await(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(left.await(10, TimeUnit.SECONDS)).isTrue();
        RequestReport report = report();
        assertThat(report.flags()).isEqualTo("DC");
        assertThat(report.status()).isZero();
        assertThat(report.details()).isEqualTo("downstream_remote_disconnect");
    }

    @Test
    void aClientThatLeavesInTheMiddleOfItsAnswer() throws Exception {
        CountDownLatch left = new CountDownLatch(1);
        application((connection, in) -> {
            in.read(new byte[4096]);
            say(connection, "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
            try {
                while (true) {
                    say(connection, "x".repeat(100_000));
                }
            } finally {
                left.countDown();
            }
        });
        try (RawClient client = new RawClient(finance)) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            client.head();
            client.bytes(500_000);
        }
        assertThat(left.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(report().flags()).isEqualTo("DC");
    }

    @Test
    void aClientWhoseChunksBreakAfterTheEndpointBegan() throws Exception {
        CountDownLatch began = new CountDownLatch(1);
        CountDownLatch left = new CountDownLatch(1);
        application((connection, in) -> {
            try {
                in.read();
                began.countDown();
                in.transferTo(java.io.OutputStream.nullOutputStream());
            } finally {
                left.countDown();
            }
        });
        try (RawClient client = new RawClient(finance)) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n");
            assertThat(began.await(10, TimeUnit.SECONDS)).isTrue();
            RawClient.Answer answer = client.send("nonsense\r\n").answer();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(client.ended()).isTrue();
        }
        assertThat(left.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(report().flags()).isEqualTo("DPE");
    }
}
