package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.periplus.wire.workload.AppProtocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Browsers before applications that speak gRPC (PROTOCOL-WEB of gRPC). */
class GrpcWebTest {
    private static final String MESSAGE = "hello browser";
    private static final String TWICE = "0|" + MESSAGE + "|0|" + MESSAGE + "|128|grpc-status: 0\r\n|";
    private Rig rig;
    private Server server;

    @BeforeEach
    void start() throws IOException {
        rig = new Rig();
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.ofLiteral("127.0.1.1"), 0))
                .addService(ServerServiceDefinition.builder("test.Service")
                        .addMethod(
                                GrpcTest.method("Twice", MethodType.SERVER_STREAMING),
                                ServerCalls.asyncServerStreamingCall((byte[] request, StreamObserver<byte[]> out) -> {
                                    out.onNext(request);
                                    out.onNext(request);
                                    out.onCompleted();
                                }))
                        .addMethod(
                                GrpcTest.method("Fail", MethodType.SERVER_STREAMING),
                                ServerCalls.asyncServerStreamingCall(
                                        (byte[] request, StreamObserver<byte[]> out) -> out.onError(Status.NOT_FOUND
                                                .withDescription("no such thing")
                                                .asRuntimeException())))
                        .build())
                .build()
                .start();
        rig.service(AppProtocol.GRPC, server.getPort(), "127.0.1.1");
    }

    @AfterEach
    void stop() throws InterruptedException {
        server.shutdownNow().awaitTermination(2, TimeUnit.SECONDS);
        rig.close();
    }

    private static byte[] frame(String message) {
        return ByteBuffer.allocate(5 + message.length())
                .put((byte) 0)
                .putInt(message.length())
                .put(message.getBytes(StandardCharsets.US_ASCII))
                .array();
    }

    /** One character for each byte, as clients of these tests send them. */
    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static String call(String method, String type, String body) {
        return "POST /test.Service/" + method + " HTTP/1.1\r\nHost: a\r\nContent-Type: application/" + type
                + "\r\nX-Grpc-Web: 1\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private static String chunks(RawClient client) throws IOException {
        StringBuilder body = new StringBuilder();
        int size;
        while ((size = Integer.parseInt(client.line(), 16)) > 0) {
            body.append(client.bytes(size));
            client.line();
        }
        client.line();
        return body.toString();
    }

    /** Flags and content of each frame. */
    private static String frames(String body) {
        StringBuilder text = new StringBuilder();
        ByteBuffer left = ByteBuffer.wrap(body.getBytes(StandardCharsets.ISO_8859_1));
        while (left.hasRemaining()) {
            text.append(left.get() & 0xff).append('|');
            byte[] content = new byte[left.getInt()];
            left.get(content);
            text.append(text(content)).append('|');
        }
        return text.toString();
    }

    @Test
    void messagesPassAndTrailersFollowInAFrame() throws Exception {
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            for (int i = 0; i < 2; i++) {
                String head = client.send(call("Twice", "grpc-web+proto", text(frame(MESSAGE))))
                        .head();
                assertThat(head)
                        .startsWith("HTTP/1.1 200 ")
                        .contains("content-type: application/grpc-web+proto\r\n")
                        .doesNotContain("content-length");
                assertThat(frames(chunks(client))).isEqualTo(TWICE);
            }
        }
    }

    @Test
    void theTextFormIsDecodedAndEncoded() throws Exception {
        byte[] frame = frame(MESSAGE);
        // Texts may follow each other, each with padding of its own.
        String body = Base64.getEncoder().encodeToString(Arrays.copyOf(frame, 5))
                + Base64.getEncoder().encodeToString(Arrays.copyOfRange(frame, 5, frame.length));
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            assertThat(client.send(call("Twice", "grpc-web-text", body)).head())
                    .contains("content-type: application/grpc-web-text\r\n");
            String answer = chunks(client);
            StringBuilder decoded = new StringBuilder();
            for (int i = 0; i < answer.length(); i += 4) {
                decoded.append(text(Base64.getDecoder().decode(answer.substring(i, i + 4))));
            }
            assertThat(frames(decoded.toString())).isEqualTo(TWICE);
        }
    }

    @Test
    void aFailureWithoutAMessageStandsInTheHead() throws Exception {
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            RawClient.Answer answer =
                    client.send(call("Fail", "grpc-web", text(frame(MESSAGE)))).answer();
            assertThat(answer.header("content-type")).isEqualTo("application/grpc-web");
            assertThat(answer.header("grpc-status")).isEqualTo("5");
            assertThat(answer.header("grpc-message")).isEqualTo("no such thing");
        }
    }

    @Test
    void aBodyThatIsNoBase64IsRefused() throws Exception {
        for (String body : List.of("AAAA????", "AAAAB")) {
            try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
                assertThat(client.send(call("Twice", "grpc-web-text", body))
                                .answer()
                                .status())
                        .as(body)
                        .isEqualTo(400);
            }
        }
    }

    @Test
    void anApplicationThatIsNotDeclaredAsGrpcIsLeftToItself() throws Exception {
        try (Recorder application = new Recorder("127.0.1.1")) {
            rig.service(AppProtocol.HTTP11, application.port(), "127.0.1.1");
            try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
                assertThat(client.send(call("Twice", "grpc-web-text+proto", "AAAAAA=="))
                                .answer()
                                .body())
                        .isEqualTo("ok");
            }
            assertThat(application.requests.getFirst())
                    .contains("content-type: application/grpc-web-text+proto\r\n")
                    .endsWith("AAAAAA==");
        }
    }
}
