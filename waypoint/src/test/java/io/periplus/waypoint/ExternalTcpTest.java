package io.periplus.waypoint;

import static io.periplus.waypoint.CustomPolicies.grpc;
import static io.periplus.waypoint.CustomPolicies.http;
import static io.periplus.waypoint.CustomPolicies.of;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.util.Durations;
import com.google.rpc.Status;
import io.grpc.Context;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.periplus.waypoint.exchange.RequestsOnly;
import io.periplus.wire.extauthz.AttributeContext;
import io.periplus.wire.extauthz.AuthorizationGrpc;
import io.periplus.wire.extauthz.CheckRequest;
import io.periplus.wire.extauthz.CheckResponse;
import io.periplus.wire.waypoint.AuthorizationPolicy;
import io.periplus.wire.waypoint.HttpAuthorizer;
import io.periplus.wire.waypoint.Operation;
import io.periplus.wire.waypoint.Rule;
import io.periplus.wire.workload.AppProtocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Authorizers that are asked about connections which are passed through as bytes. */
class ExternalTcpTest {
    private static final AuthorizationPolicy ALL =
            of("ext", "ext").addRules(Rule.getDefaultInstance()).build();

    private final List<CheckRequest> asked = new CopyOnWriteArrayList<>();
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private final Lines lines = new Lines();
    private volatile int code;
    private volatile boolean silent;
    private Rig rig;
    private ServerSocket application;
    private Server authorizer;

    @BeforeEach
    void start() throws IOException {
        rig = new Rig(lines);
        application = new ServerSocket(0, 16, InetAddress.ofLiteral("127.0.1.1"));
        Thread.startVirtualThread(this::accept);
        authorizer = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.ofLiteral("127.0.1.2"), 0))
                .addService(new Service())
                .build()
                .start();
        rig.service(AppProtocol.TCP, application.getLocalPort(), "127.0.1.1");
        rig.backend("authorizer", AppProtocol.GRPC, authorizer.getPort(), "127.0.1.2");
        rig.policies(ALL);
        CustomPolicies.apply(rig, grpc("ext"));
    }

    @AfterEach
    void stop() throws Exception {
        application.close();
        authorizer.shutdownNow();
        rig.close();
    }

    /** Echoes. */
    private void accept() {
        while (!application.isClosed()) {
            try {
                Socket connection = application.accept();
                Thread.startVirtualThread(() -> {
                    try (connection) {
                        connection.getInputStream().transferTo(connection.getOutputStream());
                    } catch (IOException _) {
                        // The other side has ended it.
                    }
                });
            } catch (IOException _) {
                return;
            }
        }
    }

    private final class Service extends AuthorizationGrpc.AuthorizationImplBase {
        @Override
        public void check(CheckRequest request, StreamObserver<CheckResponse> out) {
            asked.add(request);
            Context.current().addListener(_ -> cancelled.countDown(), Runnable::run);
            if (!silent) {
                out.onNext(CheckResponse.newBuilder()
                        .setStatus(Status.newBuilder().setCode(code))
                        .build());
                out.onCompleted();
            }
        }
    }

    private RawClient client() throws IOException {
        return new RawClient(rig.client(Rig.FINANCE));
    }

    private boolean passes() throws IOException {
        try (RawClient client = client()) {
            client.send("hello");
            return client.bytes(5).equals("hello");
        }
    }

    @Test
    void aConnectionThatIsAllowedPasses() throws Exception {
        assertThat(passes()).isTrue();
        AttributeContext attributes = asked.getFirst().getAttributes();
        assertThat(attributes.getSource().getPrincipal()).isEqualTo("spiffe://cluster.local/ns/finance/sa/curl");
        assertThat(attributes.getDestination().getAddress().getSocketAddress().getPortValue())
                .isEqualTo(8080);
        assertThat(attributes.getRequest().hasHttp()).isFalse();
    }

    @Test
    void aConnectionThatIsDeniedIsClosedWithoutAByte() throws Exception {
        code = 7;
        assertThat(passes()).isFalse();
        await().atMost(5, TimeUnit.SECONDS).until(() -> !lines.connections.isEmpty());
        assertThat(lines.connections).containsExactly("UAEX ext_authz_denied");
    }

    @Test
    void anAuthorizerThatHangsClosesUnlessTheProviderFailsOpen() throws Exception {
        silent = true;
        CustomPolicies.apply(rig, grpc("ext").setTimeout(Durations.fromMillis(200)));
        assertThat(passes()).isFalse();
        assertThat(lines.connections).containsExactly("UAEX ext_authz_error");
        CustomPolicies.apply(
                rig, grpc("ext").setTimeout(Durations.fromMillis(200)).setFailOpen(true));
        assertThat(passes()).isTrue();
    }

    @Test
    void aProviderThatIsNotThereCloses() throws Exception {
        rig.policies(of("ext", "nobody").addRules(Rule.getDefaultInstance()).build());
        assertThat(passes()).isFalse();
    }

    @Test
    void aProviderThatSpeaksHttpCannotBeAskedAndSoCloses() throws Exception {
        CustomPolicies.apply(rig, http("ext", HttpAuthorizer.newBuilder()).setFailOpen(true));
        assertThat(passes()).isFalse();
        await().atMost(5, TimeUnit.SECONDS).until(() -> !lines.connections.isEmpty());
        assertThat(lines.connections)
                .containsExactly("- rbac_access_denied_matched_policy[ns[accounts]-policy[ext]-rule[0]]");
        assertThat(asked).isEmpty();
        assertThat(rig.exposition()).contains("outcome=\"unaskable\"");
    }

    @Test
    void aProviderThatSpeaksHttpDoesNotCloseWhereThePolicyIsForOtherPorts() throws Exception {
        CustomPolicies.apply(rig, http("ext", HttpAuthorizer.newBuilder()));
        rig.policies(of("ext", "ext")
                .addRules(Rule.newBuilder()
                        .addTo(Operation.newBuilder().addPorts("9090").addPaths("/checkout*")))
                .build());
        assertThat(passes()).isTrue();
    }

    /** Applications that pass over empty lines and the like take it for one. */
    @Test
    void aRequestThatIsWrittenALittleDifferentlyIsARequestStill() throws Exception {
        rig.service(AppProtocol.UNKNOWN, application.getLocalPort(), "127.0.1.1");
        CustomPolicies.apply(rig, http("ext", HttpAuthorizer.newBuilder()));
        for (String head : List.of(
                "\r\nPOST /checkout HTTP/1.1\r\n",
                "P0ST /checkout HTTP/1.1\r\n",
                "POST /checkout HTTP/1.1 \r\n",
                "POST\t/checkout HTTP/1.1\r\n")) {
            try (RawClient client = client()) {
                assertThat(client.send(head + "Host: a\r\n\r\n").answer(true).status())
                        .as(head)
                        .isBetween(400, 415);
            }
        }
    }

    @Test
    void bytesOnAnUndeclaredPortAreRefusedWhereRequestsAreChecked() throws Exception {
        rig.policies.apply(List.of(), List.of("accounts/ext"));
        rig.requestChecks.add(new RequestsOnly.Check("rate_limits", _ -> true));
        assertThat(passes()).as("declared to be TCP").isTrue();
        rig.service(AppProtocol.UNKNOWN, application.getLocalPort(), "127.0.1.1");
        assertThat(passes()).isFalse();
        await().atMost(5, TimeUnit.SECONDS).until(() -> lines.connections.size() == 2);
        assertThat(lines.connections.getLast()).isEqualTo("DPE undeclared_port_checks_requests[rate_limits]");
    }

    @Test
    void aClientThatLeavesTakesItsQuestionAlong() throws Exception {
        silent = true;
        RawClient client = client();
        client.send("hello");
        await().atMost(5, TimeUnit.SECONDS).until(() -> !asked.isEmpty());
        client.socket.setSoLinger(true, 0);
        client.close();
        assertThat(cancelled.await(5, TimeUnit.SECONDS)).isTrue();
        await().atMost(5, TimeUnit.SECONDS).until(() -> !lines.connections.isEmpty());
        assertThat(lines.connections).containsExactly("DC downstream_remote_disconnect");
    }

    @Test
    void standingConnectionsAreAskedAboutAgainWhenOtherPoliciesWantItAndOnlyThen() throws Exception {
        try (RawClient client = client()) {
            client.send("hello");
            assertThat(client.bytes(5)).isEqualTo("hello");
            rig.policies(
                    ALL,
                    CustomPolicies.custom("unrelated", "none").toBuilder()
                            .clearTargets()
                            .addTargets(CustomPolicies.service().toBuilder()
                                    .setService(CustomPolicies.service().getService().toBuilder()
                                            .setHostname("other.example")))
                            .build());
            client.send("again");
            assertThat(client.bytes(5)).isEqualTo("again");
            assertThat(asked).hasSize(1);
            code = 7;
            CustomPolicies.apply(rig, grpc("second"));
            rig.policies(
                    of("later", "second").addRules(Rule.getDefaultInstance()).build());
            assertThat(client.ended()).isTrue();
            assertThat(asked).hasSize(2);
        }
    }
}
