package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.ResourceLeakDetector;
import io.periplus.wire.waypoint.AuthorizationPolicy;
import io.periplus.wire.waypoint.EndpointScope;
import io.periplus.wire.waypoint.Rule;
import io.periplus.wire.waypoint.Source;
import io.periplus.wire.workload.AppProtocol;
import io.periplus.wire.workload.TunnelProtocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is not HTTP passes as bytes. */
class TcpTest {
    /** Three times what the waypoint waits for a client's first byte. */
    private static final int SILENCE_MS = 450;

    private static final int MANY_BYTES = 8 << 20;
    private Rig rig;

    /** A scripted application on 127.0.1.1: one virtual thread for every connection. */
    private interface Script {
        void serve(Socket connection) throws IOException;
    }

    @BeforeEach
    void start() {
        rig = new Rig();
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private static ServerSocket application(Script script) throws IOException {
        ServerSocket listener = new ServerSocket(0, 16, InetAddress.ofLiteral("127.0.1.1"));
        Thread.startVirtualThread(() -> {
            while (!listener.isClosed()) {
                try {
                    Socket connection = listener.accept();
                    Thread.startVirtualThread(() -> {
                        try (connection) {
                            script.serve(connection);
                        } catch (IOException _) {
                            // The test is over for this connection.
                        }
                    });
                } catch (IOException _) {
                    return;
                }
            }
        });
        return listener;
    }

    private static void echo(Socket connection) throws IOException {
        connection.getInputStream().transferTo(connection.getOutputStream());
        connection.shutdownOutput();
    }

    private void through(AppProtocol protocol, Script script, Consumer<RawClient> test) throws Exception {
        try (ServerSocket application = application(script)) {
            rig.service(protocol, application.getLocalPort(), "127.0.1.1");
            try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
                test.accept(client);
            }
        }
    }

    private static String exchange(RawClient client, String text) {
        try {
            client.send(text);
            client.socket.shutdownOutput();
            return new String(client.socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void binaryBytesAreRecognisedAndPassBothWaysWithTheirEnd() throws Exception {
        String bytes = "\u0016\u0003\u0001 not a request".repeat(1000);
        through(
                AppProtocol.UNKNOWN,
                TcpTest::echo,
                client -> assertThat(exchange(client, bytes)).isEqualTo(bytes));
    }

    @Test
    void aLineThatIsNoRequestIsNotHttp() throws Exception {
        through(
                AppProtocol.UNKNOWN,
                TcpTest::echo,
                client -> assertThat(exchange(client, "GET key\r\n")).isEqualTo("GET key\r\n"));
    }

    @Test
    void aServerThatSpeaksFirstIsHeardAfterAShortWait() throws Exception {
        through(
                AppProtocol.UNKNOWN,
                connection -> {
                    connection.getOutputStream().write("220 ready\r\n".getBytes(StandardCharsets.US_ASCII));
                    echo(connection);
                },
                client -> {
                    long start = System.nanoTime();
                    try {
                        assertThat(client.line()).isEqualTo("220 ready");
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                    assertThat((System.nanoTime() - start) / 1_000_000).isLessThan(2000);
                    assertThat(exchange(client, "QUIT")).isEqualTo("QUIT");
                });
    }

    /** The greeting of MySQL 8 is binary, and the client's answer to it begins with a length. */
    @Test
    void aDatabaseThatGreetsFirstIsUnderstoodAndAnswered() throws Exception {
        String greeting = "\u004a\0\0\0\n8.0.36\0\u0008\0\0\0\u0011#3D\0\u00ff\u00f7";
        through(
                AppProtocol.UNKNOWN,
                connection -> {
                    connection.getOutputStream().write(greeting.getBytes(StandardCharsets.ISO_8859_1));
                    echo(connection);
                },
                client -> {
                    try {
                        assertThat(client.bytes(greeting.length())).isEqualTo(greeting);
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                    String login = "\u0020\0\0\u0001\u0085\u00a6\u00ff\u0001root\0";
                    assertThat(exchange(client, login)).isEqualTo(login);
                });
    }

    @Test
    void halfARequestLineAndTheRestLaterIsARequest() throws Exception {
        try (Application application = new Application("127.0.1.1", 0, "app")) {
            rig.service(AppProtocol.UNKNOWN, application.port(), "127.0.1.1");
            try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
                for (String part : new String[] {"G", "ET / HT", "TP/1.1\r"}) {
                    client.send(part);
                    // Longer than the wait for a silent client.
                    client.socket.setSoTimeout(2 * 150);
                    assertThatThrownBy(client::answer).isInstanceOf(java.net.SocketTimeoutException.class);
                }
                client.socket.setSoTimeout(10_000);
                assertThat(client.send("\nHost: a\r\n\r\n").answer().body()).isEqualTo("app");
                assertThat(application.requests).hasValue(1);
            }
        }
    }

    @Test
    void halfARequestLineThatEndsThereIsBytes() throws Exception {
        through(
                AppProtocol.UNKNOWN,
                TcpTest::echo,
                client -> assertThat(exchange(client, "GET /some/pa")).isEqualTo("GET /some/pa"));
    }

    @Test
    void aClientThatIsSilentForLongMaySpeakTcpOrHttpAfterAll() throws Exception {
        rig.policies(AuthorizationPolicy.newBuilder()
                .setNamespace("accounts")
                .setName("only-get")
                .setEndpointScope(EndpointScope.NAMESPACE)
                .addRules(Rule.newBuilder()
                        .addTo(io.periplus.wire.waypoint.Operation.newBuilder().addMethods("GET")))
                .build());
        try (Application application = new Application("127.0.1.1", 0, "late")) {
            rig.service(AppProtocol.UNKNOWN, application.port(), "127.0.1.1");
            try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
                client.socket.setSoTimeout(SILENCE_MS);
                org.assertj.core.api.Assertions.assertThatThrownBy(client::line)
                        .isInstanceOf(java.net.SocketTimeoutException.class);
                client.socket.setSoTimeout(5000);
                assertThat(client.get("/").body()).isEqualTo("late");
                rig.policies.apply(java.util.List.of(), java.util.List.of("accounts/only-get"));
            }
            try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
                client.socket.setSoTimeout(SILENCE_MS);
                org.assertj.core.api.Assertions.assertThatThrownBy(client::line)
                        .isInstanceOf(java.net.SocketTimeoutException.class);
                client.socket.setSoTimeout(5000);
                assertThat(client.get("/").header("server")).isEqualTo("istio-envoy");
            }
        }
    }

    @Test
    void aSilentClientThenSpeaksBinary() throws Exception {
        through(AppProtocol.UNKNOWN, TcpTest::echo, client -> {
            try {
                client.socket.setSoTimeout(SILENCE_MS);
                org.assertj.core.api.Assertions.assertThatThrownBy(client::line)
                        .isInstanceOf(java.net.SocketTimeoutException.class);
                client.socket.setSoTimeout(5000);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            assertThat(exchange(client, "\u0001\u0002")).isEqualTo("\u0001\u0002");
        });
    }

    @Test
    void aPortDeclaredTcpIsNotLookedAt() throws Exception {
        through(
                AppProtocol.TCP,
                TcpTest::echo,
                client -> assertThat(exchange(client, "GET / HTTP/1.1\r\n\r\n")).isEqualTo("GET / HTTP/1.1\r\n\r\n"));
    }

    /** An HTTPRoute of the only port says what is spoken there. */
    @Test
    void aPortDeclaredTcpSpeaksHttpWhereItsRequestsAreRouted() throws Exception {
        try (Application application = new Application("127.0.1.1", 0, "app")) {
            rig.service(AppProtocol.TCP, application.port(), "127.0.1.1");
            rig.backend("one", AppProtocol.HTTP11, application.port(), "127.0.1.1");
            rig.route("filters { response_headers { set { name: 'x-routed' value: 'yes' } } } " + Rig.to("one", 1));
            try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
                assertThat(client.get("/").header("x-routed")).isEqualTo("yes");
            }
            try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
                assertThat(client.send("\u0001\u0002\r\n\r\n").answer(true).status())
                        .isEqualTo(400);
            }
        }
    }

    @Test
    void manyBytesPassInBothDirectionsAtOnce() throws Exception {
        String bytes = "\u0001".repeat(MANY_BYTES);
        ResourceLeakDetector.Level careful = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
        try (ServerSocket application = application(TcpTest::echo)) {
            rig.service(AppProtocol.TCP, application.getLocalPort(), "127.0.1.1");
            try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
                Thread sender = Thread.startVirtualThread(() -> {
                    try {
                        client.send(bytes);
                        client.socket.shutdownOutput();
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                });
                assertThat(client.socket.getInputStream().readAllBytes()).hasSize(MANY_BYTES);
                sender.join();
                ResourceLeakDetector.setLevel(careful);
            }
        }
    }

    @Test
    void aDeniedConnectionEndsWithoutAByte() throws Exception {
        rig.policies(AuthorizationPolicy.newBuilder()
                .setNamespace("accounts")
                .setName("only-others")
                .setEndpointScope(EndpointScope.NAMESPACE)
                .addRules(Rule.newBuilder().addFrom(Source.newBuilder().addNamespaces("other")))
                .build());
        through(AppProtocol.TCP, connection -> connection.getOutputStream().write('!'), client -> {
            try {
                assertThat(client.ended()).isTrue();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    @Test
    void anEndpointOutsideTheMeshIsReachedInClear() throws Exception {
        try (ServerSocket application = application(TcpTest::echo)) {
            rig.service(AppProtocol.TCP, application.getLocalPort(), TunnelProtocol.NONE, "127.0.1.1");
            try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
                assertThat(exchange(client, "plain")).isEqualTo("plain");
            }
        }
        assertThat(rig.tunnelsToEndpoints).hasValue(0);
    }

    @Test
    void anAddressThatThisWaypointDoesNotFrontIsRefused() throws Exception {
        rig.service(AppProtocol.TCP, 1, "127.0.1.1");
        try (RawClient unknownService = new RawClient(rig.client(Rig.FINANCE, "10.96.0.11:8080"));
                RawClient unknownPort = new RawClient(rig.client(Rig.FINANCE, Rig.VIP + ":8081"));
                RawClient unboundPod = new RawClient(rig.client(Rig.FINANCE, "127.0.1.1:80"));
                RawClient nonsense = new RawClient(rig.client(Rig.FINANCE, "nonsense"))) {
            assertThat(unknownService.ended()).isTrue();
            assertThat(unknownPort.ended()).isTrue();
            assertThat(unboundPod.ended()).isTrue();
            assertThat(nonsense.ended()).isTrue();
        }
    }

    private static AuthorizationPolicy from(String namespace) {
        return AuthorizationPolicy.newBuilder()
                .setNamespace("accounts")
                .setName("from")
                .setEndpointScope(EndpointScope.NAMESPACE)
                .addRules(Rule.newBuilder().addFrom(Source.newBuilder().addNamespaces(namespace)))
                .build();
    }

    @Test
    void anOpenConnectionIsJudgedAgainWhenPoliciesChange() throws Exception {
        try (ServerSocket application = application(TcpTest::echo)) {
            rig.service(AppProtocol.TCP, application.getLocalPort(), "127.0.1.1");
            try (RawClient finance = new RawClient(rig.client(Rig.FINANCE));
                    RawClient other = new RawClient(rig.client(Rig.OTHER))) {
                assertThat(finance.send("hello\n").line()).isEqualTo("hello");
                assertThat(other.send("hello\n").line()).isEqualTo("hello");
                rig.policies(from("finance"));
                assertThat(other.ended()).isTrue();
                assertThat(finance.send("still here\n").line()).isEqualTo("still here");
            }
        }
    }

    /** While an application is restarted its last endpoint may be gone a moment before the next one is heard of. */
    @Test
    void aConnectionWaitsForTheSuccessorOfAnEndpointThatHasJustGone() throws Exception {
        try (ServerSocket application = application(TcpTest::echo)) {
            rig.service(AppProtocol.TCP, application.getLocalPort(), "127.0.1.1");
            try (RawClient before = new RawClient(rig.client(Rig.FINANCE))) {
                assertThat(before.send("hello\n").line()).isEqualTo("hello");
            }
            rig.index.apply(java.util.Map.of(), java.util.List.of("pod-127.0.1.1"));
            try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
                client.send("hello\n");
                client.socket.setSoTimeout(SILENCE_MS);
                assertThatThrownBy(client::line).isInstanceOf(java.net.SocketTimeoutException.class);
                rig.workload("127.0.1.1", application.getLocalPort(), TunnelProtocol.HBONE, java.util.List.of());
                client.socket.setSoTimeout(10_000);
                assertThat(client.line()).isEqualTo("hello");
            }
        }
    }

    /** The endpoint is still in the index, and its application has ended. */
    @Test
    void aConnectionWaitsForAnApplicationThatIsStartedAgain() throws Exception {
        ServerSocket first = application(TcpTest::echo);
        int port = first.getLocalPort();
        rig.service(AppProtocol.TCP, port, "127.0.1.1");
        try (RawClient before = new RawClient(rig.client(Rig.FINANCE))) {
            assertThat(before.send("hello\n").line()).isEqualTo("hello");
        }
        first.close();
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            client.send("hello\n");
            client.socket.setSoTimeout(SILENCE_MS);
            assertThatThrownBy(client::line).isInstanceOf(java.net.SocketTimeoutException.class);
            try (ServerSocket second = new ServerSocket()) {
                second.setReuseAddress(true);
                second.bind(new java.net.InetSocketAddress(InetAddress.ofLiteral("127.0.1.1"), port));
                client.socket.setSoTimeout(10_000);
                try (Socket connection = second.accept()) {
                    assertThat(connection.getInputStream().readNBytes(6))
                            .isEqualTo("hello\n".getBytes(StandardCharsets.US_ASCII));
                }
            }
        }
    }

    @Test
    void routesByServerNameSeparateTlsConnectionsOfOneService() throws Exception {
        EdgeCa authority = new EdgeCa("applications");
        EdgeCa.Issued own = authority.issue("EC", "a.example.com", "b.example.com");
        try (ServerSocket application = application(connection -> {
            try (javax.net.ssl.SSLSocket tls = own.server(connection, authority)) {
                echo(tls);
            }
        })) {
            rig.service(AppProtocol.TLS, application.getLocalPort(), "127.0.1.1");
            rig.routes.apply(
                    java.util.Map.of(
                            "TLS/accounts/by-name", EdgeRig.tlsRoute("accounts", "a.example.com", Rig.HOSTNAME)),
                    java.util.List.of());
            int port = rig.client(Rig.FINANCE).getPort();
            try (RawClient known = new RawClient(EdgeCa.connect(authority.client(null), port, "a.example.com"));
                    javax.net.ssl.SSLSocket unknown = EdgeCa.connect(authority.client(null), port, "b.example.com")) {
                assertThat(known.send("hello\n").line()).isEqualTo("hello");
                org.assertj.core.api.Assertions.assertThatThrownBy(unknown::startHandshake)
                        .isInstanceOf(IOException.class);
            }
        }
    }
}
