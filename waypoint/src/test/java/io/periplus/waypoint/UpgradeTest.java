package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.wire.workload.AppProtocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** WebSocket: HTTP until the 101, then bytes. */
class UpgradeTest {
    private static final String ASK = "GET /socket HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\n"
            + "Upgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n";

    private interface Check {
        void with(RawClient client, AtomicReference<String> request) throws Exception;
    }

    private static void through(String answer, Check check) throws Exception {
        AtomicReference<String> request = new AtomicReference<>("");
        try (Rig rig = new Rig();
                ServerSocket listener = new ServerSocket(0, 16, InetAddress.ofLiteral("127.0.1.1"))) {
            Thread.startVirtualThread(() -> {
                try (Socket connection = listener.accept()) {
                    byte[] head = new byte[4096];
                    int length = connection.getInputStream().read(head);
                    request.set(new String(head, 0, length, StandardCharsets.ISO_8859_1));
                    connection.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
                    connection.getInputStream().transferTo(connection.getOutputStream());
                } catch (IOException _) {
                    // The test is over.
                }
            });
            rig.service(AppProtocol.HTTP11, listener.getLocalPort(), "127.0.1.1");
            try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
                check.with(client, request);
            }
        }
    }

    @Test
    void bytesFlowBothWaysAfterTheSwitch() throws Exception {
        through(
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + "Sec-WebSocket-Accept: y\r\n\r\nfirst words",
                (client, request) -> {
                    String head = client.send(ASK).head();
                    assertThat(head)
                            .startsWith("HTTP/1.1 101 ")
                            .contains(
                                    "upgrade: websocket\r\n", "connection: upgrade\r\n", "sec-websocket-accept: y\r\n");
                    assertThat(request.get()).contains("upgrade: websocket\r\n", "connection: upgrade\r\n");
                    assertThat(client.bytes("first words".length())).isEqualTo("first words");
                    for (int i = 0; i < 10; i++) {
                        String frame = "GET / HTTP/1.1\r\n\r\n\u0000\u00ff" + i;
                        assertThat(client.send(frame).bytes(frame.length())).isEqualTo(frame);
                    }
                    client.socket.shutdownOutput();
                    assertThat(client.ended()).isTrue();
                });
    }

    @Test
    void framesThatComeBeforeTheSwitchAreNotLost() throws Exception {
        through(
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + "Sec-WebSocket-Accept: y\r\n\r\n",
                (client, request) -> {
                    client.send(ASK + "early");
                    assertThat(client.head()).startsWith("HTTP/1.1 101 ");
                    assertThat(client.bytes(5)).isEqualTo("early");
                });
    }

    @Test
    void aRefusedUpgradeLeavesAnOrdinaryConnection() throws Exception {
        through("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnope", (client, request) -> {
            RawClient.Answer answer = client.send(ASK).answer();
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.body()).isEqualTo("nope");
            client.send("BROKEN\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(400);
        });
    }
}
