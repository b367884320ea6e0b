package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.wire.waypoint.Action;
import io.periplus.wire.waypoint.AuthorizationPolicy;
import io.periplus.wire.waypoint.EndpointScope;
import io.periplus.wire.waypoint.HttpAuthorizer;
import io.periplus.wire.waypoint.Operation;
import io.periplus.wire.waypoint.Rule;
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

    private static final String SWITCH = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
            + "Upgrade: websocket\r\nSec-WebSocket-Accept: y\r\n\r\n";

    private interface Check {
        void with(RawClient client, AtomicReference<String> request) throws Exception;
    }

    private interface Meeting {
        void with(Rig rig, RawClient client) throws Exception;
    }

    private static void through(String answer, Check check) throws Exception {
        AtomicReference<String> request = new AtomicReference<>("");
        through(answer, request, "", (rig, client) -> check.with(client, request));
    }

    private static void through(String answer, AtomicReference<String> request, String rule, Meeting meeting)
            throws Exception {
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
            if (!rule.isEmpty()) {
                rig.backend("one", AppProtocol.HTTP11, listener.getLocalPort(), "127.0.1.1");
                rig.route(rule + Rig.to("one", 1));
            }
            try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
                meeting.with(rig, client);
            }
        }
    }

    @Test
    void bytesFlowBothWaysAfterTheSwitch() throws Exception {
        through(SWITCH + "first words", (client, request) -> {
            String head = client.send(ASK).head();
            assertThat(head)
                    .startsWith("HTTP/1.1 101 ")
                    .contains("upgrade: websocket\r\n", "connection: upgrade\r\n", "sec-websocket-accept: y\r\n");
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
        through(SWITCH, (client, request) -> {
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

    @Test
    void theAnswerOfTheSwitchIsEditedAsAnyOther() throws Exception {
        through(
                SWITCH,
                new AtomicReference<>(""),
                "filters { response_headers { add { name: 'x-rule' value: 'r' } } } "
                        + "session_persistence { type: COOKIE name: 'sid' } ",
                (rig, client) -> {
                    assertThat(client.send(ASK).head())
                            .startsWith("HTTP/1.1 101 ")
                            .contains("x-rule: r\r\n", "set-cookie: sid=", "upgrade: websocket\r\n")
                            .contains("connection: upgrade\r\n");
                    assertThat(client.send("frame").bytes(5)).isEqualTo("frame");
                });
    }

    private static AuthorizationPolicy deny(String path) {
        return AuthorizationPolicy.newBuilder()
                .setNamespace("accounts")
                .setName("deny")
                .setAction(Action.DENY)
                .addTargets(CustomPolicies.service())
                .addRules(Rule.newBuilder().addTo(Operation.newBuilder().addPaths(path)))
                .build();
    }

    @Test
    void aPolicyThatDoesNotAllowItAnyMoreEndsAnOpenSocket() throws Exception {
        AtomicReference<String> request = new AtomicReference<>("");
        through(
                SWITCH,
                request,
                "matches { path { type: PATH_PREFIX value: '/socket' } } filters { rewrite { path { prefix: '/v2' } } } ",
                (rig, client) -> {
                    assertThat(client.send(ASK).head()).startsWith("HTTP/1.1 101 ");
                    assertThat(request.get()).startsWith("GET /v2 ");
                    rig.policies(deny("/v2"));
                    assertThat(client.send("frame").bytes(5)).isEqualTo("frame");
                    rig.policies(deny("/socket"));
                    assertThat(client.ended()).isTrue();
                });
    }

    @Test
    void anEndpointsPolicyThatDoesNotAllowItAnyMoreEndsAnOpenSocket() throws Exception {
        through(SWITCH, new AtomicReference<>(""), "", (rig, client) -> {
            assertThat(client.send(ASK).head()).startsWith("HTTP/1.1 101 ");
            rig.policies(AuthorizationPolicy.newBuilder()
                    .setNamespace("accounts")
                    .setName("nobody")
                    .setEndpointScope(EndpointScope.NAMESPACE)
                    .build());
            assertThat(client.ended()).isTrue();
        });
    }

    @Test
    void anAuthorizerIsAskedAboutAnOpenSocketWhenANewPolicyWantsIt() throws Exception {
        try (Scripted authorizer = new Scripted("127.0.1.2", 0, _ -> Scripted.answer(403, "", ""))) {
            through(SWITCH, new AtomicReference<>(""), "", (rig, client) -> {
                rig.backend("authorizer", AppProtocol.HTTP11, authorizer.port(), "127.0.1.2");
                CustomPolicies.apply(rig, CustomPolicies.http("ext", HttpAuthorizer.newBuilder()));
                assertThat(client.send(ASK).head()).startsWith("HTTP/1.1 101 ");
                rig.policies(CustomPolicies.of("ask", "ext")
                        .addRules(Rule.getDefaultInstance())
                        .build());
                assertThat(client.ended()).isTrue();
                assertThat(authorizer.requests.getFirst().path()).isEqualTo("/socket");
            });
        }
    }
}
