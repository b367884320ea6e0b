package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.ResourceLeakDetector;
import io.periplus.dataplane.policy.WaypointPolicyCompiler;
import io.periplus.wire.waypoint.AuthorizationPolicy;
import io.periplus.wire.waypoint.Condition;
import io.periplus.wire.waypoint.Listener;
import io.periplus.wire.waypoint.ListenerProtocol;
import io.periplus.wire.waypoint.ListenerTls;
import io.periplus.wire.waypoint.RouteKind;
import io.periplus.wire.waypoint.Rule;
import io.periplus.wire.waypoint.Target;
import io.periplus.wire.waypoint.WholeGateway;
import io.periplus.wire.workload.AppProtocol;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** TLS and TCP listeners: bytes for the endpoint that a server name or a port stands for. */
class EdgeBytesTest {
    private static final EdgeCa CA = new EdgeCa("public");
    private static final int RANDOM_BYTES = 1 << 20;
    private final int port = EdgeRig.freePort();
    private EdgeRig rig;

    /** An application on 127.0.1.1: one virtual thread for every connection. */
    private interface Script {
        void serve(Socket connection) throws IOException;
    }

    @BeforeEach
    void start() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        rig = new EdgeRig();
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private ServerSocket application(String service, Script script) throws IOException {
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
        rig.service(service, AppProtocol.TCP, "127.0.1.1", listener.getLocalPort());
        return listener;
    }

    private static Script says(String name) {
        return connection -> {
            connection.getOutputStream().write((name + "\n").getBytes(StandardCharsets.US_ASCII));
            connection.getInputStream().transferTo(connection.getOutputStream());
            connection.shutdownOutput();
        };
    }

    private Listener listener(String hostname, ListenerProtocol protocol, ListenerTls tls) {
        return Listener.newBuilder()
                .setName(protocol + hostname)
                .setPort(port)
                .setProtocol(protocol)
                .setHostname(hostname)
                .setTls(tls)
                .build();
    }

    private Listener passthrough(String hostname) {
        return listener(
                hostname,
                ListenerProtocol.LISTENER_TLS,
                ListenerTls.newBuilder().setPassthrough(true).build());
    }

    private Listener terminated(String hostname) {
        return listener(
                hostname,
                ListenerProtocol.LISTENER_TLS,
                ListenerTls.newBuilder()
                        .addCertificates(CA.issue("EC", hostname).pem())
                        .build());
    }

    private Listener tcp() {
        return listener("", ListenerProtocol.LISTENER_TCP, ListenerTls.getDefaultInstance());
    }

    /** What a client of the JDK says first when it asks for this name. */
    private static byte[] hello(String name) throws IOException {
        try (ServerSocket recorder = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                SSLSocket client = EdgeCa.connect(CA.client(null), recorder.getLocalPort(), name)) {
            Thread.startVirtualThread(() -> {
                try {
                    client.startHandshake();
                } catch (IOException _) {
                    // Nobody answers.
                }
            });
            Socket accepted = recorder.accept();
            byte[] header = accepted.getInputStream().readNBytes(5);
            int length = (header[3] & 0xff) << 8 | header[4] & 0xff;
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            all.write(header);
            all.write(accepted.getInputStream().readNBytes(length));
            return all.toByteArray();
        }
    }

    // ---- passthrough

    @Test
    void bytesArePassedThroughAsTheyCameInWhateverPieces() throws Exception {
        byte[] sent = Arrays.copyOf(hello("db.example.com"), RANDOM_BYTES);
        byte[] hello = hello("db.example.com");
        new SecureRandom().nextBytes(sent);
        System.arraycopy(hello, 0, sent, 0, hello.length);
        CompletableFuture<byte[]> received = new CompletableFuture<>();
        try (ServerSocket _ = application("db", connection -> {
                    received.complete(connection.getInputStream().readNBytes(sent.length));
                    connection.getOutputStream().write(sent);
                });
                Socket client = new Socket()) {
            rig.gateway(passthrough("*.example.com"));
            rig.route(RouteKind.TLS, "LISTENER_TLS*.example.com", List.of("db.example.com"), "db");
            client.connect(EdgeRig.at(port));
            client.setTcpNoDelay(true);
            for (int i = 0; i < hello.length; i++) {
                client.getOutputStream().write(sent[i]);
            }
            Thread.startVirtualThread(() -> {
                try {
                    client.getOutputStream().write(sent, hello.length, sent.length - hello.length);
                } catch (IOException e) {
                    received.completeExceptionally(e);
                }
            });
            assertThat(received.get(10, TimeUnit.SECONDS)).isEqualTo(sent);
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(sent);
        }
    }

    @Test
    void aServerNameWithoutARouteIsRefusedWithoutAnAnswer() throws Exception {
        try (ServerSocket _ = application("db", says("db"))) {
            rig.gateway(passthrough("*.example.com"));
            rig.route(RouteKind.TLS, "LISTENER_TLS*.example.com", List.of("db.example.com"), "db");
            for (String name : List.of("other.example.com", "db.other.com", "")) {
                try (SSLSocket client = EdgeCa.connect(CA.client(null), port, name)) {
                    assertThatThrownBy(client::startHandshake).as(name).isInstanceOf(IOException.class);
                }
            }
        }
    }

    @Test
    void aPolicyForTheGatewayMayAskForTheServerName() throws Exception {
        EdgeCa.Issued own = CA.issue("EC", "a.example.com", "b.example.com");
        try (ServerSocket _ = application("db", connection -> {
            try (SSLSocket tls = own.server(connection, CA)) {
                says("db").serve(tls);
            }
        })) {
            rig.gateway(passthrough("*.example.com"));
            rig.route(RouteKind.TLS, "LISTENER_TLS*.example.com", List.of(), "db");
            rig.policies.apply(
                    List.of(WaypointPolicyCompiler.compile(AuthorizationPolicy.newBuilder()
                            .setNamespace("edge")
                            .setName("by-name")
                            .addTargets(Target.newBuilder().setGateway(WholeGateway.getDefaultInstance()))
                            .addRules(Rule.newBuilder()
                                    .addWhen(Condition.newBuilder()
                                            .setKey("connection.sni")
                                            .addValues("a.example.com")))
                            .build())),
                    List.of());
            try (RawClient allowed = new RawClient(EdgeCa.connect(CA.client(null), port, "a.example.com"));
                    SSLSocket refused = EdgeCa.connect(CA.client(null), port, "b.example.com")) {
                assertThat(allowed.send("x").line()).isEqualTo("db");
                assertThatThrownBy(refused::startHandshake).isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void somethingElseThanTlsIsRefusedAtOnce() throws Exception {
        rig.gateway(passthrough(""));
        try (RawClient client = new RawClient(EdgeRig.at(port))) {
            assertThat(client.send("SSH-2.0-OpenSSH_9.9\r\n").ended()).isTrue();
        }
    }

    // ---- termination

    @Test
    void terminatedTlsReachesTheEndpointInClearAndEndsAsItShould() throws Exception {
        try (ServerSocket _ = application(
                "db",
                connection -> connection.getOutputStream().write("ready\n".getBytes(StandardCharsets.US_ASCII)))) {
            rig.gateway(terminated("db.example.com"));
            rig.route(RouteKind.TLS, "LISTENER_TLSdb.example.com", List.of(), "db");
            try (SSLSocket socket = EdgeCa.connect(CA.client(null), port, "db.example.com")) {
                assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                        .isEqualTo("ready\n");
            }
        }
    }

    @Test
    void modesAreMixedOnOnePortByServerName() throws Exception {
        EdgeCa.Issued own = CA.issue("EC", "through.example.com");
        try (ServerSocket _ = application("clear", says("clear"));
                ServerSocket _ = application("secret", connection -> {
                    try (SSLSocket tls = own.server(connection, CA)) {
                        says("secret").serve(tls);
                    }
                });
                Application web = new Application("127.0.1.1", 0, "web")) {
            rig.service("web", AppProtocol.HTTP11, "127.0.1.1", web.port());
            Listener https = listener(
                    "web.example.com",
                    ListenerProtocol.LISTENER_HTTPS,
                    ListenerTls.newBuilder()
                            .addCertificates(CA.issue("EC", "web.example.com").pem())
                            .build());
            rig.gateway(passthrough("through.example.com"), terminated("clear.example.com"), https);
            rig.route(RouteKind.TLS, "LISTENER_TLSthrough.example.com", List.of(), "secret");
            rig.route(RouteKind.TLS, "LISTENER_TLSclear.example.com", List.of(), "clear");
            rig.route(RouteKind.HTTP, https.getName(), List.of(), "web");
            try (RawClient through = new RawClient(EdgeCa.connect(CA.client(null), port, "through.example.com"));
                    RawClient clear = new RawClient(EdgeCa.connect(CA.client(null), port, "clear.example.com"));
                    RawClient http = new RawClient(EdgeCa.connect(CA.client(null), port, "web.example.com"))) {
                assertThat(through.send("x").line()).isEqualTo("secret");
                assertThat(clear.send("x").line()).isEqualTo("clear");
                http.send("GET / HTTP/1.1\r\nHost: web.example.com\r\n\r\n");
                assertThat(http.answer().body()).isEqualTo("web");
            }
        }
    }

    // ---- TCP

    @Test
    void tcpGoesToTheBackendsOfItsRouteByWeight() throws Exception {
        try (ServerSocket _ = application("one", says("one"));
                ServerSocket _ = application("two", says("two"))) {
            rig.gateway(tcp());
            rig.route(RouteKind.TCP, tcp().getName(), List.of(), "one", "two");
            Set<String> answered = new HashSet<>();
            for (int i = 0; i < 8; i++) {
                try (RawClient client = new RawClient(EdgeRig.at(port))) {
                    answered.add(client.line());
                }
            }
            assertThat(answered).containsExactlyInAnyOrder("one", "two");
        }
    }

    @Test
    void tcpWithoutAUsableBackendIsReset() throws Exception {
        rig.gateway(tcp());
        try (RawClient noRoute = new RawClient(EdgeRig.at(port))) {
            assertThat(noRoute.ended()).isTrue();
        }
        rig.route(RouteKind.TCP, tcp().getName(), List.of(), "unknown");
        try (RawClient noService = new RawClient(EdgeRig.at(port))) {
            assertThat(noService.ended()).isTrue();
        }
    }

    @Test
    void aHalfClosedConnectionStillGetsItsAnswer() throws Exception {
        try (ServerSocket _ = application("one", connection -> {
            byte[] asked = connection.getInputStream().readAllBytes();
            connection.getOutputStream().write(asked);
        })) {
            rig.gateway(tcp());
            rig.route(RouteKind.TCP, tcp().getName(), List.of(), "one");
            try (Socket client = new Socket()) {
                client.connect(EdgeRig.at(port));
                client.getOutputStream().write("question".getBytes(StandardCharsets.US_ASCII));
                client.shutdownOutput();
                assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                        .isEqualTo("question");
            }
        }
    }
}
