package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.wire.workload.AppProtocol;
import io.periplus.wire.workload.TunnelProtocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The choice of an endpoint for each request, and what happens when one is away. */
class EndpointTest {
    private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private Rig rig;

    @BeforeEach
    void start() {
        rig = new Rig();
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    @Test
    void requestsOfOneConnectionSpreadOverTheEndpoints() throws Exception {
        try (Application one = new Application("127.0.1.1", 0, "one");
                Application two = new Application("127.0.1.2", one.port(), "two");
                RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            rig.service(AppProtocol.HTTP11, one.port(), "127.0.1.1", "127.0.1.2");
            Map<String, Integer> answers = new TreeMap<>();
            for (int i = 0; i < 100; i++) {
                answers.merge(client.get("/").body(), 1, Integer::sum);
            }
            assertThat(answers).containsOnlyKeys("one", "two");
            assertThat(answers.get("two")).isBetween(20, 80);
            assertThat(two.requests.get()).isEqualTo(answers.get("two"));
        }
    }

    @Test
    void anEndpointThatRefusesIsReplacedByAnother() throws Exception {
        try (Application one = new Application("127.0.1.1", 0, "one");
                RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            rig.service(AppProtocol.HTTP11, one.port(), "127.0.1.1", "127.0.1.2");
            for (int i = 0; i < 20; i++) {
                RawClient.Answer answer = client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody")
                        .answer();
                assertThat(answer.body()).isEqualTo("body");
            }
        }
    }

    @Test
    void anUnhealthyServiceIsSaidToBeSo() throws Exception {
        rig.service(AppProtocol.HTTP11, 1);
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            RawClient.Answer answer = client.get("/");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).isEqualTo("no healthy upstream");
        }
    }

    @Test
    void anEndpointThatCannotBeReachedGives503AfterTwoRetries() throws Exception {
        int closedPort;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.1.1"))) {
            closedPort = socket.getLocalPort();
        }
        rig.service(AppProtocol.HTTP11, closedPort, "127.0.1.1");
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            RawClient.Answer answer = client.get("/");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body())
                    .startsWith("upstream connect error or disconnect/reset before headers. "
                            + "retried and the latest reset reason: remote connection failure, "
                            + "transport failure reason: ");
        }
        assertThat(rig.tunnelsToEndpoints).hasValue(3);
    }

    @Test
    void aPlainEndpointThatCannotBeReachedGives503Too() throws Exception {
        rig.service(AppProtocol.HTTP11, 1, TunnelProtocol.NONE, "127.0.1.1");
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            assertThat(client.get("/").status()).isEqualTo(503);
        }
    }

    /** An application that answers the first request of each connection and closes after it, without saying so. */
    private static ServerSocket forgetful(AtomicInteger requests) throws IOException {
        ServerSocket listener = new ServerSocket(0, 16, InetAddress.ofLiteral("127.0.1.1"));
        Thread.startVirtualThread(() -> {
            while (!listener.isClosed()) {
                try (Socket connection = listener.accept()) {
                    readHead(connection);
                    requests.incrementAndGet();
                    connection.getOutputStream().write(ANSWER.getBytes(StandardCharsets.US_ASCII));
                    // The next request may be on its way when this connection ends.
                    readHead(connection);
                } catch (IOException _) {
                    // Next connection.
                }
            }
        });
        return listener;
    }

    private static void readHead(Socket connection) throws IOException {
        int matched = 0;
        while (matched < 4) {
            int c = connection.getInputStream().read();
            if (c < 0) {
                return;
            }
            matched = c == "\r\n\r\n".charAt(matched) ? matched + 1 : 0;
        }
    }

    @Test
    void aKeptConnectionThatDiesUnansweredIsRetriedWhenThatIsSafe() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        try (ServerSocket application = forgetful(requests);
                RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            rig.service(AppProtocol.HTTP11, application.getLocalPort(), "127.0.1.1");
            for (int i = 0; i < 6; i++) {
                assertThat(client.get("/").body()).isEqualTo("ok");
            }
            assertThat(requests).hasValue(6);
        }
    }

    @Test
    void aRequestWithABodyIsNotSentTwice() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        try (ServerSocket application = forgetful(requests);
                RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            rig.service(AppProtocol.HTTP11, application.getLocalPort(), "127.0.1.1");
            assertThat(client.get("/").body()).isEqualTo("ok");
            RawClient.Answer answer = client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi")
                    .answer();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).endsWith("reset reason: connection termination");
        }
    }

    @Test
    void anEndpointThatAnswersNonsenseGives502() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 16, InetAddress.ofLiteral("127.0.1.1"))) {
            Thread.startVirtualThread(() -> {
                try (Socket connection = listener.accept()) {
                    readHead(connection);
                    connection.getOutputStream().write("nonsense\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    connection.getInputStream().read();
                } catch (IOException _) {
                    // The test has its answer.
                }
            });
            rig.service(AppProtocol.HTTP11, listener.getLocalPort(), "127.0.1.1");
            try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
                RawClient.Answer answer = client.get("/");
                assertThat(answer.status()).isEqualTo(502);
                assertThat(answer.body()).endsWith("reset reason: protocol error");
            }
        }
    }

    @Test
    void anAnswerThatBreaksOffIsSeenToBreakOff() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 16, InetAddress.ofLiteral("127.0.1.1"))) {
            Thread.startVirtualThread(() -> {
                try (Socket connection = listener.accept()) {
                    readHead(connection);
                    connection
                            .getOutputStream()
                            .write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
                } catch (IOException _) {
                    // The test has its answer.
                }
            });
            rig.service(AppProtocol.HTTP11, listener.getLocalPort(), "127.0.1.1");
            try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
                client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                assertThat(client.head()).startsWith("HTTP/1.1 200");
                assertThat(client.line() + client.line()).isEqualTo("5hello");
                assertThat(client.ended()).isTrue();
            }
        }
    }

    @Test
    void aWorkloadBoundToTheWaypointIsServedDirectly() throws Exception {
        try (Application one = new Application("127.0.1.1", 0, "one")) {
            rig.boundWorkload("127.0.1.1", one.port());
            try (RawClient client = new RawClient(rig.client(Rig.FINANCE, "127.0.1.1:" + one.port()))) {
                assertThat(client.get("/").body()).isEqualTo("one");
            }
        }
    }

    @Test
    void aServiceThatArrivesLateIsWaitedFor() throws Exception {
        try (Application one = new Application("127.0.1.1", 0, "one");
                RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            rig.service(AppProtocol.HTTP11, one.port(), "127.0.1.1");
            assertThat(client.answer().body()).isEqualTo("one");
        }
    }
}
