package io.periplus.cli.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.periplus.cli.CliException;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Port-forward against a server that speaks the API server's side of {@code v4.channel.k8s.io}, byte by byte. */
class PortForwardTest {
    private static final byte[] PORT = {(byte) 0x98, 0x3a};

    /** Frames that the server sends once it has the request. */
    private interface Answer {
        void send(OutputStream out) throws IOException;
    }

    private record Exchange(String upgrade, String request) {}

    private static void frame(OutputStream out, int channel, byte[] data) throws IOException {
        out.write(0x82);
        if (data.length + 1 < 126) {
            out.write(data.length + 1);
        } else {
            out.write(126);
            out.write((data.length + 1) >>> 8);
            out.write(data.length + 1);
        }
        out.write(channel);
        out.write(data);
        out.flush();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Accepts one connection, upgrades it, reads one message, answers, and closes. */
    private static CompletableFuture<Exchange> serve(ServerSocket listener, Answer answer) {
        return CompletableFuture.supplyAsync(() -> {
            try (Socket socket = listener.accept()) {
                DataInputStream in = new DataInputStream(socket.getInputStream());
                ByteArrayOutputStream head = new ByteArrayOutputStream();
                while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
                    head.write(in.readByte());
                }
                OutputStream out = socket.getOutputStream();
                out.write(
                        ascii("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"));
                frame(out, 0, PORT);
                frame(out, 1, PORT);
                String request = readMessage(in);
                answer.send(out);
                return new Exchange(head.toString(StandardCharsets.US_ASCII), request);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    /** One masked frame; checks its channel and returns the rest as text. */
    private static String readMessage(DataInputStream in) throws IOException {
        assertThat(in.readUnsignedByte()).as("final binary frame").isEqualTo(0x82);
        int length = in.readUnsignedByte();
        assertThat(length & 0x80).as("client frames are masked").isEqualTo(0x80);
        byte[] mask = new byte[4];
        byte[] payload = new byte[length & 0x7f];
        in.readFully(mask);
        in.readFully(payload);
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= mask[i % 4];
        }
        assertThat(payload[0]).as("data channel").isZero();
        return new String(payload, 1, payload.length - 1, StandardCharsets.US_ASCII);
    }

    private static KubeClient client(ServerSocket listener) {
        URI server = URI.create("http://127.0.0.1:" + listener.getLocalPort());
        var access = new ClusterAccess("test", server, "default", null, null, Map.of("Authorization", "Bearer t"));
        return new KubeClient(access, Duration.ofSeconds(5));
    }

    private static ServerSocket listener() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    @Test
    void aRequestReachesThePodAndItsAnswerComesBackAcrossFrames() throws Exception {
        try (ServerSocket listener = listener()) {
            String body = "x".repeat(300);
            var exchange = serve(listener, out -> {
                out.write(new byte[] {(byte) 0x89, 0});
                frame(out, 0, ascii("HTTP/1.1 200 OK\r\nContent-Len"));
                frame(out, 0, ascii("gth: 300\r\n\r\n" + body.substring(0, 100)));
                frame(out, 0, ascii(body.substring(100)));
            });

            try (PortForward forward = client(listener).forward("istio-system", "ztunnel-1", 15000)) {
                assertThat(forward.http("GET", "/config_dump"))
                        .asString(StandardCharsets.US_ASCII)
                        .isEqualTo(body);
            }

            Exchange seen = exchange.get(5, TimeUnit.SECONDS);
            assertThat(seen.upgrade())
                    .startsWith(
                            "GET /api/v1/namespaces/istio-system/pods/ztunnel-1/portforward?ports=15000 HTTP/1.1\r\n")
                    .contains("Sec-WebSocket-Protocol: v4.channel.k8s.io", "Authorization: Bearer t");
            assertThat(seen.request())
                    .startsWith("GET /config_dump HTTP/1.1\r\n")
                    .contains("Connection: close");
        }
    }

    @Test
    void whatTheErrorChannelSaysIsTheError() throws Exception {
        try (ServerSocket listener = listener()) {
            serve(listener, out -> frame(out, 1, ascii("connection refused inside the pod")));

            try (PortForward forward = client(listener).forward("a", "b", 1)) {
                assertThatThrownBy(() -> forward.http("GET", "/x"))
                        .isInstanceOf(CliException.class)
                        .hasMessage("the pod did not answer GET /x: connection refused inside the pod");
            }
        }
    }

    @Test
    void aPodThatHangsUpIsAnError() throws Exception {
        try (ServerSocket listener = listener()) {
            serve(listener, out -> List.of());

            try (PortForward forward = client(listener).forward("a", "b", 1)) {
                assertThatThrownBy(() -> forward.http("GET", "/x"))
                        .isInstanceOf(CliException.class)
                        .hasMessageContaining("the connection was closed before an answer");
            }
        }
    }
}
