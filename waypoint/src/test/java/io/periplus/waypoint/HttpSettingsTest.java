package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.AsciiString;
import io.periplus.dataplane.http.Http2Windows;
import io.periplus.waypoint.exchange.AnswerFields;
import io.periplus.waypoint.exchange.HttpSettings;
import io.periplus.waypoint.route.RetryRules;
import io.periplus.wire.workload.AppProtocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What an operator can set about clients' connections, and how slow clients are bounded. */
class HttpSettingsTest {
    private interface Check {
        void on(InetSocketAddress waypoint) throws Exception;
    }

    private static void with(HttpSettings settings, Check check) throws Exception {
        try (Rig rig = new Rig(settings);
                Application application = new Application("127.0.1.1", 0, "app")) {
            rig.service(AppProtocol.HTTP11, application.port(), "127.0.1.1");
            check.on(rig.client(Rig.FINANCE));
        }
    }

    @Test
    void http10IsServedWhereItIsSwitchedOn() throws Exception {
        with(HttpSettings.DEFAULT.withHttp10(true), waypoint -> {
            try (RawClient client = new RawClient(waypoint)) {
                String head = client.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n").head();
                assertThat(head).startsWith("HTTP/1.0 200 OK\r\n").contains("connection: close\r\n");
                assertThat(client.bytes(3)).isEqualTo("app");
                assertThat(client.ended()).isTrue();
            }
            try (RawClient client = new RawClient(waypoint)) {
                client.send("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
                assertThat(client.head()).contains("connection: keep-alive\r\n", "content-length: 3\r\n");
                assertThat(client.bytes(3)).isEqualTo("app");
                client.send("GET /stream?bytes=5 HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
                String streamed = client.head();
                assertThat(streamed).contains("connection: close\r\n").doesNotContain("chunked");
                assertThat(client.bytes(5)).hasSize(5);
                assertThat(client.ended()).isTrue();
            }
            try (RawClient client = new RawClient(waypoint)) {
                client.send("POST /echo HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
                assertThat(client.head()).startsWith("HTTP/1.1 400 ");
            }
        });
    }

    @Test
    void clientsAreToldHowMuchTheyMaySendAhead() throws Exception {
        with(HttpSettings.DEFAULT, waypoint -> {
            try (H2Client client = H2Client.open(waypoint)) {
                assertThat(client.next(H2Client.SETTINGS).payload()).containsSequence(0, 4, 0, 4, 0, 0);
            }
        });
        with(HttpSettings.DEFAULT.withWindows(new Http2Windows(1 << 20, 1 << 23)), waypoint -> {
            try (H2Client client = H2Client.open(waypoint)) {
                assertThat(client.next(H2Client.SETTINGS).payload()).containsSequence(0, 4, 0, 16, 0, 0);
                H2Client.Frame update = client.next(H2Client.WINDOW_UPDATE);
                assertThat(update.stream()).isZero();
                assertThat(update.payload()).isEqualTo(H2Client.number((1 << 23) - 65_535));
            }
        });
    }

    @Test
    void aHeadThatNeverEndsIsAnswered408() throws Exception {
        with(HttpSettings.DEFAULT.withHeadTimeout(Duration.ofMillis(300)), waypoint -> {
            try (RawClient client = new RawClient(waypoint)) {
                assertThat(client.get("/").status()).isEqualTo(200);
                client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ");
                RawClient.Answer answer = client.answer();
                assertThat(answer.status()).isEqualTo(408);
                assertThat(answer.body()).isEqualTo("request header timeout");
                assertThat(client.ended()).isTrue();
            }
        });
    }

    @Test
    void aByteNowAndThenDoesNotExtendTheTimeOfAHead() throws Exception {
        with(HttpSettings.DEFAULT.withHeadTimeout(Duration.ofMillis(500)), waypoint -> {
            try (RawClient client = new RawClient(waypoint)) {
                long start = System.nanoTime();
                client.socket.setSoTimeout(40);
                client.send("GET / HTTP/1.1\r\nHost: a\r\nX: ");
                String head = null;
                while (head == null) {
                    try {
                        head = client.head();
                    } catch (java.net.SocketTimeoutException _) {
                        client.send("x");
                    }
                }
                assertThat(head).startsWith("HTTP/1.1 408 ");
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            }
        });
    }

    @Test
    void whatTheProxySaysOfItselfCanBeSet() throws Exception {
        with(HttpSettings.DEFAULT, waypoint -> answers(waypoint, "istio-envoy", true));
        AnswerFields shop = new AnswerFields(AsciiString.of("shop"), false);
        with(HttpSettings.DEFAULT.withAnswers(shop), waypoint -> answers(waypoint, "shop", false));
        AnswerFields nothing = new AnswerFields(null, false);
        with(HttpSettings.DEFAULT.withAnswers(nothing), waypoint -> answers(waypoint, "", false));
    }

    private static void answers(InetSocketAddress waypoint, String server, boolean time) throws Exception {
        try (RawClient client = new RawClient(waypoint)) {
            RawClient.Answer application = client.get("/");
            assertThat(application.header("server")).isEqualTo(server);
            assertThat(application.header("x-envoy-upstream-service-time").isEmpty())
                    .isNotEqualTo(time);
            // One that the proxy gives itself.
            RawClient.Answer own =
                    client.send("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n").answer();
            assertThat(own.status()).isEqualTo(400);
            assertThat(own.header("server")).isEqualTo(server);
        }
    }

    @Test
    void requestsWhoseRouteSaysNothingAreTriedAgainAsTheMeshSays() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        try (Rig rig = new Rig(HttpSettings.DEFAULT.withRetries(new RetryRules(1, 0, new int[] {503}, 1)));
                Scripted application = new Scripted(
                        "127.0.1.1",
                        0,
                        request ->
                                requests.incrementAndGet() == 1 ? Scripted.answer(503, "", "") : Scripted.ok("ok"))) {
            rig.service(AppProtocol.HTTP11, application.port(), "127.0.1.1");
            try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
                assertThat(client.get("/").body()).isEqualTo("ok");
            }
        }
        assertThat(requests).hasValue(2);
    }

    @Test
    void idleConnectionsEndAndBusyOnesStay() throws Exception {
        with(HttpSettings.DEFAULT.withIdleTimeout(Duration.ofMillis(200)), waypoint -> {
            try (RawClient idle = new RawClient(waypoint);
                    H2Client idle2 = H2Client.open(waypoint)) {
                assertThat(idle.get("/").status()).isEqualTo(200);
                idle2.get(1, "/").flush();
                assertThat(idle2.answer()).isEqualTo("200|app");
                assertThat(idle.ended()).isTrue();
                assertThat(idle2.next(H2Client.GOAWAY).error()).isZero();
                assertThat(idle2.next()).isNull();
            }
        });
    }

    @Test
    void trailersPassOnlyToThoseWhoTakeThem() throws Exception {
        assertThat(trailers(HttpSettings.DEFAULT, "")).isEqualTo("hi");
        assertThat(trailers(HttpSettings.DEFAULT, "TE: trailers\r\n")).isEqualTo("hi|x-sum: 7");
        assertThat(trailers(HttpSettings.DEFAULT.withHttp1Trailers(true), "")).isEqualTo("hi|x-sum: 7");
    }

    private static String trailers(HttpSettings settings, String field) throws Exception {
        CompletableFuture<String> seen = new CompletableFuture<>();
        try (Rig rig = new Rig(settings);
                ServerSocket listener = new ServerSocket(0, 16, InetAddress.ofLiteral("127.0.1.1"))) {
            Thread.startVirtualThread(() -> {
                try (Socket connection = listener.accept()) {
                    StringBuilder request = new StringBuilder();
                    byte[] piece = new byte[4096];
                    int length;
                    while (!request.toString().endsWith("0\r\n\r\n")
                            && !request.toString().endsWith("x-mine: 8\r\n\r\n")
                            && (length = connection.getInputStream().read(piece)) > 0) {
                        request.append(new String(piece, 0, length, StandardCharsets.US_ASCII));
                    }
                    seen.complete(request.toString());
                    connection
                            .getOutputStream()
                            .write(("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                            + "2\r\nhi\r\n0\r\nX-Sum: 7\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
                    connection.getInputStream().read();
                } catch (IOException _) {
                    // The test is over.
                }
            });
            rig.service(AppProtocol.HTTP11, listener.getLocalPort(), "127.0.1.1");
            try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
                String body = client.send("POST / HTTP/1.1\r\nHost: a\r\n" + field
                                + "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nX-Mine: 8\r\n\r\n")
                        .answer()
                        .body();
                assertThat(seen.get().contains("x-mine: 8")).isEqualTo(settings.http1Trailers());
                return body;
            }
        }
    }
}
