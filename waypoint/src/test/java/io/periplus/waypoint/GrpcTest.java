package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.periplus.dataplane.telemetry.MetricsRegistry;
import io.periplus.waypoint.telemetry.Reporter;
import io.periplus.waypoint.telemetry.RequestReport;
import io.periplus.waypoint.telemetry.TelemetryGroup;
import io.periplus.waypoint.telemetry.WaypointMetrics;
import io.periplus.wire.waypoint.Action;
import io.periplus.wire.waypoint.AuthorizationPolicy;
import io.periplus.wire.waypoint.BackendPolicy;
import io.periplus.wire.waypoint.ConnectionPool;
import io.periplus.wire.waypoint.EndpointScope;
import io.periplus.wire.waypoint.Operation;
import io.periplus.wire.waypoint.Rule;
import io.periplus.wire.waypoint.TrafficPolicy;
import io.periplus.wire.workload.AppProtocol;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** gRPC, which is HTTP/2 with trailers, streams and deadlines, through the waypoint. */
class GrpcTest {
    private static final MethodDescriptor<byte[], byte[]> ECHO = method("Echo", MethodDescriptor.MethodType.UNARY);
    private static final MethodDescriptor<byte[], byte[]> FAIL = method("Fail", MethodDescriptor.MethodType.UNARY);
    private static final MethodDescriptor<byte[], byte[]> CHAT =
            method("Chat", MethodDescriptor.MethodType.BIDI_STREAMING);
    private static final MethodDescriptor<byte[], byte[]> MANY =
            method("Many", MethodDescriptor.MethodType.SERVER_STREAMING);
    private static final int PIECES = 1000;
    private static final int PIECE_BYTES = 32 * 1024;
    private final AtomicReference<Metadata> seen = new AtomicReference<>();
    private final MetricsRegistry metrics = new MetricsRegistry();
    private final Reports reports = new Reports();
    private Rig rig;
    private Server server;
    private ManagedChannel channel;

    static MethodDescriptor<byte[], byte[]> method(String name, MethodDescriptor.MethodType type) {
        return MethodDescriptor.<byte[], byte[]>newBuilder(new Bytes(), new Bytes())
                .setType(type)
                .setFullMethodName("test.Service/" + name)
                .build();
    }

    record Bytes() implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    @BeforeEach
    void start() throws IOException {
        rig = new Rig(new TelemetryGroup(List.of(new WaypointMetrics(metrics, Reporter.WAYPOINT), reports)));
        ServerServiceDefinition service = ServerServiceDefinition.builder("test.Service")
                .addMethod(ECHO, ServerCalls.asyncUnaryCall((byte[] request, StreamObserver<byte[]> out) -> {
                    out.onNext(request);
                    out.onCompleted();
                }))
                .addMethod(
                        FAIL,
                        ServerCalls.asyncUnaryCall(
                                (byte[] request, StreamObserver<byte[]> out) -> out.onError(Status.NOT_FOUND
                                        .withDescription("no such thing")
                                        .asRuntimeException())))
                .addMethod(CHAT, ServerCalls.asyncBidiStreamingCall((StreamObserver<byte[]> out) -> out))
                .addMethod(MANY, ServerCalls.asyncServerStreamingCall((byte[] request, StreamObserver<byte[]> out) -> {
                    for (int i = 0; i < PIECES; i++) {
                        out.onNext(new byte[PIECE_BYTES]);
                    }
                    out.onCompleted();
                }))
                .build();
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.ofLiteral("127.0.1.1"), 0))
                .addService(ServerInterceptors.intercept(service, new ServerInterceptor() {
                    @Override
                    public <Q, A> ServerCall.Listener<Q> interceptCall(
                            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                        seen.set(headers);
                        return next.startCall(call, headers);
                    }
                }))
                .build()
                .start();
    }

    private void connect(AppProtocol protocol) {
        rig.service(protocol, server.getPort(), "127.0.1.1");
        channel = NettyChannelBuilder.forAddress(rig.client(Rig.FINANCE))
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stop() throws InterruptedException {
        channel.shutdownNow().awaitTermination(2, TimeUnit.SECONDS);
        server.shutdownNow().awaitTermination(2, TimeUnit.SECONDS);
        rig.close();
    }

    private byte[] echo(byte[] message) {
        return ClientCalls.blockingUnaryCall(channel, ECHO, CallOptions.DEFAULT, message);
    }

    @Test
    void callsAreAnsweredOnAPortThatIsDetected() {
        connect(AppProtocol.UNKNOWN);
        assertThat(echo(new byte[] {1, 2, 3})).containsExactly(1, 2, 3);
        assertThat(seen.get().get(Metadata.Key.of("x-request-id", Metadata.ASCII_STRING_MARSHALLER)))
                .isNotNull();
    }

    @Test
    void largeMessagesPassInBothDirections() {
        connect(AppProtocol.GRPC);
        assertThat(echo(new byte[3 << 20])).hasSize(3 << 20);
    }

    @Test
    void aStatusInTrailersArrives() {
        connect(AppProtocol.GRPC);
        assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(channel, FAIL, CallOptions.DEFAULT, new byte[0]))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessage("NOT_FOUND: no such thing");
    }

    @Test
    void messagesAreCountedInBothDirections() {
        connect(AppProtocol.GRPC);
        ClientCalls.blockingServerStreamingCall(channel, MANY, CallOptions.DEFAULT, new byte[0])
                .forEachRemaining(_ -> {});
        ClientCalls.blockingUnaryCall(channel, ECHO, CallOptions.DEFAULT, new byte[] {1});
        String grpc = "\\{reporter=\"waypoint\".*request_protocol=\"grpc\",response_code=\"200\","
                + "grpc_response_status=\"0\".*} ";
        await().untilAsserted(() -> {
            StringBuilder text = new StringBuilder();
            metrics.expose(text);
            assertThat(text)
                    .containsPattern("istio_request_messages_total" + grpc + "2\n")
                    .containsPattern("istio_response_messages_total" + grpc + (PIECES + 1) + "\n");
        });
    }

    @Test
    void manyCallsShareOneConnection() throws Exception {
        connect(AppProtocol.GRPC);
        List<Future<byte[]>> answers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            answers.add(ClientCalls.futureUnaryCall(channel.newCall(ECHO, CallOptions.DEFAULT), new byte[] {(byte) i}));
        }
        for (int i = 0; i < 200; i++) {
            assertThat(answers.get(i).get(10, TimeUnit.SECONDS)).containsExactly((byte) i);
        }
        assertThat(rig.tunnelsToEndpoints.get()).isLessThanOrEqualTo(2);
    }

    @Test
    void aConversationGoesBackAndForth() throws Exception {
        connect(AppProtocol.UNKNOWN);
        List<CompletableFuture<byte[]>> answers = new ArrayList<>();
        CompletableFuture<Void> end = new CompletableFuture<>();
        for (int i = 0; i < 10; i++) {
            answers.add(new CompletableFuture<>());
        }
        StreamObserver<byte[]> out = ClientCalls.asyncBidiStreamingCall(
                channel.newCall(CHAT, CallOptions.DEFAULT), new StreamObserver<byte[]>() {
                    private int count;

                    @Override
                    public void onNext(byte[] value) {
                        answers.get(count++).complete(value);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        end.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {
                        end.complete(null);
                    }
                });
        for (int i = 0; i < 10; i++) {
            out.onNext(new byte[] {(byte) i});
            assertThat(answers.get(i).get(5, TimeUnit.SECONDS)).containsExactly((byte) i);
        }
        out.onCompleted();
        end.get(5, TimeUnit.SECONDS);
    }

    @Test
    void aSlowReaderHoldsTheServerBack() {
        connect(AppProtocol.GRPC);
        Iterator<byte[]> pieces =
                ClientCalls.blockingServerStreamingCall(channel, MANY, CallOptions.DEFAULT, new byte[0]);
        long bytes = 0;
        while (pieces.hasNext()) {
            bytes += pieces.next().length;
        }
        assertThat(bytes).isEqualTo((long) PIECES * PIECE_BYTES);
    }

    @Test
    void aCallPastItsDeadlineIsCancelledAndTheConnectionGoesOn() {
        connect(AppProtocol.GRPC);
        CompletableFuture<Void> end = new CompletableFuture<>();
        ClientCalls.asyncBidiStreamingCall(
                channel.newCall(CHAT, CallOptions.DEFAULT.withDeadlineAfter(300, TimeUnit.MILLISECONDS)),
                new StreamObserver<byte[]>() {
                    @Override
                    public void onNext(byte[] value) {
                        end.complete(null);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        end.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {
                        end.complete(null);
                    }
                });
        assertThatThrownBy(() -> end.get(5, TimeUnit.SECONDS)).hasMessageContaining("DEADLINE_EXCEEDED");
        assertThat(echo(new byte[] {1})).containsExactly(1);
    }

    /** By a client that leaves its deadline to the proxy: others end the call by themselves at the same moment. */
    @Test
    void theProxyEndsCallsAtTheDeadlineOfTheClient() {
        connect(AppProtocol.GRPC);
        Metadata asked = new Metadata();
        asked.put(Metadata.Key.of("grpc-timeout", Metadata.ASCII_STRING_MARSHALLER), "100m");
        Channel hasty = ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(asked));
        assertThat(endOf(hasty, false)).hasMessageContaining("DEADLINE_EXCEEDED: upstream request timeout");
        assertThat(endOf(hasty, true)).hasMessageContaining("DEADLINE_EXCEEDED");
        assertThat(echo(new byte[] {1})).containsExactly(1);
    }

    /** What ends a chat that nobody ends, of which a first message may come back. */
    private static Throwable endOf(Channel through, boolean begun) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        StreamObserver<byte[]> out = ClientCalls.asyncBidiStreamingCall(
                through.newCall(CHAT, CallOptions.DEFAULT), new StreamObserver<byte[]>() {
                    @Override
                    public void onNext(byte[] value) {
                        assertThat(begun).isTrue();
                    }

                    @Override
                    public void onError(Throwable failure) {
                        end.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {
                        end.complete(null);
                    }
                });
        if (begun) {
            out.onNext(new byte[] {1});
        }
        return catchThrowable(() -> end.get(5, TimeUnit.SECONDS));
    }

    // ---- connections to the endpoint

    private void pool(ConnectionPool.Builder pool) {
        rig.backendPolicy(BackendPolicy.newBuilder()
                .setAllPorts(TrafficPolicy.newBuilder().setConnectionPool(pool))
                .build());
    }

    /** A chat of which a first message has come back. */
    private StreamObserver<byte[]> chat() throws Exception {
        CompletableFuture<byte[]> first = new CompletableFuture<>();
        StreamObserver<byte[]> out = ClientCalls.asyncBidiStreamingCall(
                channel.newCall(CHAT, CallOptions.DEFAULT), new StreamObserver<byte[]>() {
                    @Override
                    public void onNext(byte[] value) {
                        first.complete(value);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        first.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {
                        first.completeExceptionally(new AssertionError("ended"));
                    }
                });
        out.onNext(new byte[] {1});
        first.get(10, TimeUnit.SECONDS);
        return out;
    }

    @Test
    void callsBeyondTheStreamsOfAConnectionOpenAnother() throws Exception {
        connect(AppProtocol.GRPC);
        pool(ConnectionPool.newBuilder().setMaxConcurrentStreams(2));
        for (int i = 0; i < 6; i++) {
            chat();
        }
        assertThat(rig.tunnelsToEndpoints).hasValue(3);
    }

    @Test
    void callsBeyondTheConnectionsThatMayBeTakeTurns() throws Exception {
        connect(AppProtocol.GRPC);
        pool(ConnectionPool.newBuilder().setMaxConnections(1).setMaxConcurrentStreams(1));
        StreamObserver<byte[]> first = chat();
        Future<byte[]> second = ClientCalls.futureUnaryCall(channel.newCall(ECHO, CallOptions.DEFAULT), new byte[] {2});
        assertThat(second).isNotDone();
        first.onCompleted();
        assertThat(second.get(10, TimeUnit.SECONDS)).containsExactly(2);
        assertThat(rig.tunnelsToEndpoints).hasValue(1);
    }

    @Test
    void callsBeyondThoseThatMayBeInProgressAreRefused() throws Exception {
        connect(AppProtocol.GRPC);
        pool(ConnectionPool.newBuilder().setHttp2MaxRequests(2));
        chat();
        StreamObserver<byte[]> second = chat();
        assertThatThrownBy(() -> echo(new byte[] {3}))
                .hasMessageStartingWith("UNAVAILABLE")
                .hasMessageContaining("overflow");
        second.onCompleted();
        await().untilAsserted(() -> assertThat(echo(new byte[] {4})).containsExactly(4));
    }

    @Test
    void aDenialIsAStatusThatGrpcClientsUnderstand() {
        connect(AppProtocol.GRPC);
        rig.policies(AuthorizationPolicy.newBuilder()
                .setNamespace("accounts")
                .setName("no-echo")
                .setAction(Action.DENY)
                .setEndpointScope(EndpointScope.NAMESPACE)
                .addRules(Rule.newBuilder().addTo(Operation.newBuilder().addPaths("/test.Service/Echo")))
                .build());
        assertThatThrownBy(() -> echo(new byte[0]))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessage("PERMISSION_DENIED: RBAC: access denied");
        reported("7", "");
    }

    /** As the client was told. */
    private void reported(String grpcStatus, String flags) {
        await().untilAsserted(() -> assertThat(reports.requests).hasSize(1));
        RequestReport report = reports.requests.getFirst();
        assertThat(report.status()).isEqualTo(200);
        assertThat(report.grpcStatus()).isEqualTo(grpcStatus);
        assertThat(report.flags()).startsWith(flags);
    }

    @Test
    void noEndpointIsUnavailable() {
        connect(AppProtocol.GRPC);
        server.shutdownNow();
        assertThatThrownBy(() -> echo(new byte[0]))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageStartingWith("UNAVAILABLE: upstream connect error");
        reported("14", "UF");
    }
}
