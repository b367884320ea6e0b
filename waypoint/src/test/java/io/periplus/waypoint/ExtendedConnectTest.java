package io.periplus.waypoint;

import static io.periplus.waypoint.H2Client.DATA;
import static io.periplus.waypoint.H2Client.END_STREAM;
import static io.periplus.waypoint.H2Client.HEADERS;
import static io.periplus.waypoint.H2Client.RST_STREAM;
import static io.periplus.waypoint.H2Client.SETTINGS;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Headers;
import io.periplus.wire.waypoint.AuthorizationPolicy;
import io.periplus.wire.workload.AppProtocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** WebSocket of an HTTP/2 client (RFC 8441), which an application sees as the upgrade of HTTP/1.1. */
class ExtendedConnectTest {
    private static final String[] ASK = {
        ":method",
        "CONNECT",
        ":protocol",
        "websocket",
        ":scheme",
        "http",
        ":path",
        "/socket",
        ":authority",
        "a",
        "sec-websocket-version",
        "13"
    };
    private static final String SWITCH =
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: y\r\n\r\n";

    private final CompletableFuture<String> seen = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private Rig rig;
    private ServerSocket listener;

    @BeforeEach
    void start() throws IOException {
        rig = new Rig();
        listener = new ServerSocket(0, 16, InetAddress.ofLiteral("127.0.1.1"));
        rig.service(AppProtocol.HTTP11, listener.getLocalPort(), "127.0.1.1");
    }

    @AfterEach
    void stop() throws IOException {
        listener.close();
        rig.close();
    }

    /** Answers once and echoes what follows. */
    private void application(String answer) {
        Thread.startVirtualThread(() -> {
            try (Socket connection = listener.accept()) {
                byte[] head = new byte[4096];
                int length = connection.getInputStream().read(head);
                seen.complete(new String(head, 0, length, StandardCharsets.ISO_8859_1));
                connection.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
                connection.getInputStream().transferTo(connection.getOutputStream());
                ended.complete(null);
            } catch (IOException broken) {
                ended.completeExceptionally(broken);
            }
        });
    }

    @Test
    void bytesFlowBothWaysOnOneStream() throws Exception {
        application(SWITCH);
        try (H2Client client = H2Client.open(rig.client(Rig.FINANCE))) {
            H2Client.Frame settings = client.next(SETTINGS);
            assertThat(settings.payload()).containsSequence(0, 8, 0, 0, 0, 1);
            client.headers(1, 0, ASK).flush();
            Http2Headers head = client.decode(client.next(HEADERS));
            assertThat(head.status()).asString().isEqualTo("200");
            assertThat(head.contains("upgrade")).isFalse();
            assertThat(head.contains("connection")).isFalse();
            assertThat(head.contains("sec-websocket-accept")).isFalse();
            assertThat(seen.get(5, TimeUnit.SECONDS))
                    .startsWith("GET /socket HTTP/1.1\r\nhost: a\r\n")
                    .contains("upgrade: websocket\r\n", "connection: upgrade\r\n", "sec-websocket-version: 13\r\n")
                    .containsPattern("sec-websocket-key: [A-Za-z0-9+/]{22}==\r\n");
            for (int i = 0; i < 5; i++) {
                client.frame(DATA, 0, 1, ("frame " + i).getBytes(StandardCharsets.US_ASCII))
                        .flush();
                assertThat(client.next(DATA).text()).isEqualTo("frame " + i);
            }
            client.frame(DATA, END_STREAM, 1).flush();
            ended.get(5, TimeUnit.SECONDS);
            assertThat(client.next(DATA).has(END_STREAM)).isTrue();
        }
    }

    @Test
    void theAnswerIsEditedAndPoliciesThatChangeEndTheStream() throws Exception {
        application(SWITCH);
        rig.backend("one", AppProtocol.HTTP11, listener.getLocalPort(), "127.0.1.1");
        rig.route("session_persistence { type: COOKIE name: 'sid' } " + Rig.to("one", 1));
        try (H2Client client = H2Client.open(rig.client(Rig.FINANCE))) {
            client.headers(1, 0, ASK).flush();
            Http2Headers head = client.decode(client.next(HEADERS));
            assertThat(head.get("set-cookie")).asString().startsWith("sid=");
            rig.policies(AuthorizationPolicy.newBuilder()
                    .setNamespace("accounts")
                    .setName("nobody")
                    .addTargets(CustomPolicies.service())
                    .build());
            assertThat(client.next(RST_STREAM).stream()).isEqualTo(1);
        }
    }

    @Test
    void wordsBeforeTheAnswerAreKept() throws Exception {
        application(SWITCH);
        try (H2Client client = H2Client.open(rig.client(Rig.FINANCE))) {
            client.headers(1, 0, ASK)
                    .frame(DATA, 0, 1, "early".getBytes(StandardCharsets.US_ASCII))
                    .flush();
            assertThat(client.next(DATA).text()).isEqualTo("early");
            assertThat(seen.get()).doesNotContain("early");
        }
    }

    @Test
    void aRefusalIsAnOrdinaryAnswer() throws Exception {
        application("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnope");
        try (H2Client client = H2Client.open(rig.client(Rig.FINANCE))) {
            client.headers(1, 0, ASK).flush();
            assertThat(client.answer()).isEqualTo("404|nope");
            assertThat(client.next(RST_STREAM).error()).isZero();
        }
    }

    @Test
    void aClientThatResetsTheStreamEndsTheApplicationsConnection() throws Exception {
        application(SWITCH);
        try (H2Client client = H2Client.open(rig.client(Rig.FINANCE))) {
            client.headers(1, 0, ASK).flush();
            client.next(HEADERS);
            client.frame(RST_STREAM, 0, 1, H2Client.number(8)).flush();
            assertThat(ended.handle((done, broken) -> true).get(5, TimeUnit.SECONDS))
                    .isTrue();
        }
    }

    @Test
    void otherProtocolsAndTunnelsAreForbidden() throws Exception {
        try (H2Client client = H2Client.open(rig.client(Rig.FINANCE))) {
            client.headers(
                            1,
                            0,
                            ":method",
                            "CONNECT",
                            ":protocol",
                            "connect-udp",
                            ":scheme",
                            "http",
                            ":path",
                            "/",
                            ":authority",
                            "a")
                    .flush();
            assertThat(client.answer()).startsWith("403|");
            client.headers(3, 0, ":method", "CONNECT", ":authority", "a:443").flush();
            assertThat(client.answer()).startsWith("403|");
        }
    }
}
