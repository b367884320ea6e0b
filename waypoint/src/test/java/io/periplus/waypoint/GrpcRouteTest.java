package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

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
import io.periplus.waypoint.route.RoutesOf;
import io.periplus.wire.workload.AppProtocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** GRPCRoutes: calls go by service and method, and failures are statuses of gRPC. */
class GrpcRouteTest {
    private final AtomicInteger calls = new AtomicInteger();
    private Rig rig;
    private Server one;
    private Server two;
    private ManagedChannel channel;

    private static MethodDescriptor<byte[], byte[]> method(String name) {
        return MethodDescriptor.<byte[], byte[]>newBuilder(new GrpcTest.Bytes(), new GrpcTest.Bytes())
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(name)
                .build();
    }

    private Server serve(String address, int port, byte answer) throws IOException {
        ServerServiceDefinition service = ServerServiceDefinition.builder("test.Service")
                .addMethod(
                        method("test.Service/Who"),
                        ServerCalls.asyncUnaryCall((byte[] request, StreamObserver<byte[]> out) -> {
                            out.onNext(new byte[] {answer});
                            out.onCompleted();
                        }))
                .addMethod(
                        method("test.Service/Third"),
                        ServerCalls.asyncUnaryCall((byte[] request, StreamObserver<byte[]> out) -> {
                            if (calls.incrementAndGet() % 3 != 0) {
                                out.onError(Status.UNAVAILABLE.asRuntimeException());
                            } else {
                                out.onNext(request);
                                out.onCompleted();
                            }
                        }))
                .addMethod(
                        method("test.Service/Never"),
                        ServerCalls.asyncUnaryCall(
                                (byte[] request, StreamObserver<byte[]> out) -> calls.incrementAndGet()))
                .build();
        return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.ofLiteral(address), port))
                .addService(service)
                .build()
                .start();
    }

    @BeforeEach
    void start() throws IOException {
        rig = new Rig();
        one = serve("127.0.1.1", 0, (byte) 1);
        two = serve("127.0.1.2", one.getPort(), (byte) 2);
        rig.service(AppProtocol.GRPC, one.getPort(), "127.0.1.1");
        rig.backend("one", AppProtocol.GRPC, one.getPort(), "127.0.1.1");
        rig.backend("two", AppProtocol.UNKNOWN, one.getPort(), "127.0.1.2");
        channel = NettyChannelBuilder.forAddress(rig.client(Rig.FINANCE))
                .usePlaintext()
                .disableRetry()
                .build();
    }

    @AfterEach
    void stop() throws InterruptedException {
        channel.shutdownNow().awaitTermination(2, TimeUnit.SECONDS);
        one.shutdownNow();
        two.shutdownNow();
        rig.close();
    }

    private void route(String... rules) {
        StringBuilder text =
                new StringBuilder("kind: GRPC namespace: 'accounts' name: 'g' parents { service { service { "
                        + "namespace: 'accounts' hostname: '" + Rig.HOSTNAME + "' } } }");
        for (String rule : rules) {
            text.append(" rules { ").append(rule).append(" }");
        }
        RoutesOf.put(rig.routes, text.toString());
    }

    private byte[] call(String method, byte... message) {
        return ClientCalls.blockingUnaryCall(channel, method("test.Service/" + method), CallOptions.DEFAULT, message);
    }

    @Test
    void callsOfOneConnectionGoByMethod() {
        route("matches { grpc_service { value: 'test.Service' } grpc_method { value: 'Who' } } " + Rig.to("two", 1));
        assertThat(call("Who")).containsExactly(2);
        assertThatThrownBy(() -> call("Third")).hasMessageStartingWith("UNIMPLEMENTED");
    }

    @Test
    void callsOfOneConnectionSpreadByWeight() {
        route(Rig.to("one", 3) + Rig.to("two", 1));
        Map<Byte, Integer> answers = new TreeMap<>();
        for (int i = 0; i < 40; i++) {
            answers.merge(call("Who")[0], 1, Integer::sum);
        }
        assertThat(answers.get((byte) 2)).isBetween(8, 12);
    }

    @Test
    void noBackendIsUnavailable() {
        route("backends { invalid: 'x' weight: 1 }");
        assertThatThrownBy(() -> call("Who")).hasMessageStartingWith("UNAVAILABLE");
        route(Rig.to("one", 0));
        assertThatThrownBy(() -> call("Who")).hasMessageStartingWith("UNAVAILABLE");
    }

    @Test
    void unavailableIsTriedAgainWithTheMessageEvenWhereNothingSaysSo() {
        assertThat(call("Third", (byte) 7)).containsExactly(7);
        assertThat(calls).hasValue(3);
    }

    @Test
    void aCallThatTakesTooLongIsGivenUp() {
        call("Who");
        route("timeouts { request { nanos: 300000000 } } " + Rig.to("one", 1));
        assertThatThrownBy(() -> call("Never")).hasMessage("UNAVAILABLE: upstream request timeout");
    }

    @Test
    void aMirrorIsSpokenToInGrpcWhateverItsPortIsDeclaredAs() {
        rig.backend("copies", AppProtocol.HTTP11, one.getPort(), "127.0.1.2");
        route("filters { mirror { backend { service { namespace: 'accounts' "
                + "hostname: 'copies.accounts.svc.cluster.local' port: 8080 } } } } " + Rig.to("one", 1));
        assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(
                        channel,
                        method("test.Service/Never"),
                        CallOptions.DEFAULT.withDeadlineAfter(1, TimeUnit.SECONDS),
                        new byte[0]))
                .hasMessageStartingWith("DEADLINE_EXCEEDED");
        await().untilAsserted(() -> assertThat(calls).hasValue(2));
    }
}
