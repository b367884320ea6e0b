package io.periplus.waypoint;

import static io.periplus.waypoint.H2Client.END_STREAM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.periplus.wire.waypoint.BackendPolicy;
import io.periplus.wire.waypoint.ConnectionPool;
import io.periplus.wire.waypoint.TrafficPolicy;
import io.periplus.wire.workload.AppProtocol;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A client and an application that speak different versions of HTTP. */
class VersionsTest {
    private static final String CALL = "POST /test.Service/%s HTTP/1.1\r\nHost: a\r\nTE: trailers\r\n"
            + "Content-Type: application/grpc\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String EMPTY_MESSAGE = "5\r\n\0\0\0\0\0\r\n0\r\n\r\n";
    private Rig rig;

    @BeforeEach
    void start() {
        rig = new Rig();
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private static MethodDescriptor<byte[], byte[]> method(String name) {
        return MethodDescriptor.<byte[], byte[]>newBuilder(new GrpcTest.Bytes(), new GrpcTest.Bytes())
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName("test.Service/" + name)
                .build();
    }

    private static Server http2Application() throws Exception {
        return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.ofLiteral("127.0.1.1"), 0))
                .addService(ServerServiceDefinition.builder("test.Service")
                        .addMethod(
                                method("Echo"),
                                ServerCalls.asyncUnaryCall((byte[] request, StreamObserver<byte[]> out) -> {
                                    out.onNext(request);
                                    out.onCompleted();
                                }))
                        .addMethod(
                                method("Fail"),
                                ServerCalls.asyncUnaryCall((byte[] request, StreamObserver<byte[]> out) ->
                                        out.onError(Status.NOT_FOUND.asRuntimeException())))
                        .build())
                .build()
                .start();
    }

    @Test
    void anHttp1ClientReachesAnHttp2PortAndGetsTheTrailers() throws Exception {
        Server application = http2Application();
        rig.service(AppProtocol.GRPC, application.getPort(), "127.0.1.1");
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            RawClient.Answer answer =
                    client.send(CALL.formatted("Echo") + EMPTY_MESSAGE).answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("\0\0\0\0\0|grpc-status: 0");
            RawClient.Answer failed =
                    client.send(CALL.formatted("Fail") + EMPTY_MESSAGE).answer();
            assertThat(failed.header("grpc-status")).isEqualTo("5");
            assertThat(failed.header("content-length")).isEqualTo("0");
        } finally {
            application.shutdownNow().awaitTermination(2, TimeUnit.SECONDS);
        }
    }

    @Test
    void anHttp2ClientReachesAnHttp1Application() throws Exception {
        try (Application application = new Application("127.0.1.1", 0, "plain")) {
            rig.service(AppProtocol.HTTP11, application.port(), "127.0.1.1");
            ManagedChannel channel = NettyChannelBuilder.forAddress(rig.client(Rig.FINANCE))
                    .usePlaintext()
                    .build();
            try {
                assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(
                                channel, method("Echo"), CallOptions.DEFAULT, new byte[1 << 20]))
                        .hasMessageContaining("HTTP status code 200")
                        .hasMessageContaining("plain");
                assertThat(application.requests).hasValue(1);
            } finally {
                channel.shutdownNow().awaitTermination(2, TimeUnit.SECONDS);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = AppProtocol.class,
            names = {"TCP", "TLS"})
    void aPortThatIsDeclaredWithoutAVersionOfHttpIsSpokenToInHttp1(AppProtocol declared) throws Exception {
        try (Application application = new Application("127.0.1.1", 0, "plain")) {
            rig.service(AppProtocol.UNKNOWN, application.port(), "127.0.1.1");
            rig.backend("one", declared, application.port(), "127.0.1.1");
            rig.route(Rig.to("one", 1));
            try (H2Client client = H2Client.open(rig.client(Rig.FINANCE))) {
                client.headers(1, END_STREAM, ":method", "GET", ":scheme", "http", ":path", "/", ":authority", "a")
                        .flush();
                assertThat(client.answer()).isEqualTo("200|plain");
            }
        }
    }

    private void pool(ConnectionPool.Builder pool) {
        rig.backendPolicy(BackendPolicy.newBuilder()
                .setAllPorts(TrafficPolicy.newBuilder().setConnectionPool(pool))
                .build());
    }

    @Test
    void aDestinationRuleMaySayThatAnHttp1PortTakesHttp2() throws Exception {
        Server application = http2Application();
        rig.service(AppProtocol.HTTP11, application.getPort(), "127.0.1.1");
        pool(ConnectionPool.newBuilder().setH2UpgradePolicy(ConnectionPool.UpgradePolicy.UPGRADE));
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            assertThat(client.send(CALL.formatted("Echo") + EMPTY_MESSAGE)
                            .answer()
                            .body())
                    .isEqualTo("\0\0\0\0\0|grpc-status: 0");
        } finally {
            application.shutdownNow().awaitTermination(2, TimeUnit.SECONDS);
        }
    }

    @Test
    void aDestinationRuleMaySayThatAPortIsSpokenToAsTheClientSpeaks() throws Exception {
        try (Application application = new Application("127.0.1.1", 0, "plain")) {
            rig.service(AppProtocol.HTTP2, application.port(), "127.0.1.1");
            pool(ConnectionPool.newBuilder().setUseClientProtocol(true));
            try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
                assertThat(client.get("/").body()).isEqualTo("plain");
            }
        }
    }

    @Test
    void trailersOfAnHttp1ApplicationReachAClientThatTakesThem() throws Exception {
        try (var listener = new java.net.ServerSocket(0, 16, InetAddress.ofLiteral("127.0.1.1"))) {
            Thread.startVirtualThread(() -> {
                try (var connection = listener.accept()) {
                    connection.getInputStream().read(new byte[4096]);
                    connection
                            .getOutputStream()
                            .write(("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
                                            + "2\r\nhi\r\n0\r\nX-Sum: 7\r\n\r\n")
                                    .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                    connection.getInputStream().read();
                } catch (java.io.IOException _) {
                    // The test is over.
                }
            });
            rig.service(AppProtocol.HTTP11, listener.getLocalPort(), "127.0.1.1");
            try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
                assertThat(client.send("GET / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\n\r\n")
                                .answer()
                                .body())
                        .isEqualTo("hi|x-sum: 7");
            }
        }
    }
}
