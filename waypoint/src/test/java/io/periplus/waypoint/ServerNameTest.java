package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.periplus.wire.waypoint.Action;
import io.periplus.wire.waypoint.AuthorizationPolicy;
import io.periplus.wire.waypoint.Condition;
import io.periplus.wire.waypoint.EndpointScope;
import io.periplus.wire.waypoint.Rule;
import io.periplus.wire.workload.AppProtocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the server name of a client's own TLS decides. */
class ServerNameTest {
    private static final String GOOD = "good.example.com";
    private static final String EVIL = "evil.example.com";

    /** Longer than the waypoint waits before it listens to the server, too. */
    private static final int SILENCE_MS = 450;

    private final EdgeCa authority = new EdgeCa("applications");
    private final EdgeCa.Issued own = authority.issue("EC", GOOD, EVIL);
    private Rig rig;
    private ServerSocket application;
    private volatile String banner = "";

    ServerNameTest() throws Exception {}

    @BeforeEach
    void start() throws IOException {
        rig = new Rig();
        application = new ServerSocket(0, 16, InetAddress.ofLiteral("127.0.1.1"));
        Thread.startVirtualThread(() -> {
            while (!application.isClosed()) {
                try {
                    Socket connection = application.accept();
                    Thread.startVirtualThread(() -> serve(connection));
                } catch (IOException _) {
                    return;
                }
            }
        });
    }

    @AfterEach
    void stop() throws IOException {
        application.close();
        rig.close();
    }

    /** With a banner greets first, in clear; without one speaks TLS. Echoes. */
    private void serve(Socket connection) {
        try (connection) {
            if (banner.isEmpty()) {
                try (SSLSocket tls = own.server(connection, authority)) {
                    tls.getInputStream().transferTo(tls.getOutputStream());
                }
            } else {
                connection.getOutputStream().write(banner.getBytes(StandardCharsets.US_ASCII));
                connection.getInputStream().transferTo(connection.getOutputStream());
            }
        } catch (IOException _) {
            // The test is over for this connection.
        }
    }

    private void port(AppProtocol protocol) {
        rig.service(protocol, application.getLocalPort(), "127.0.1.1");
    }

    private static AuthorizationPolicy.Builder about(Action action, String serverName) {
        return AuthorizationPolicy.newBuilder()
                .setNamespace("accounts")
                .setName("sni")
                .setAction(action)
                .addRules(Rule.newBuilder()
                        .addWhen(Condition.newBuilder().setKey("connection.sni").addValues(serverName)));
    }

    private static AuthorizationPolicy ofService(Action action, String serverName) {
        return about(action, serverName).addTargets(CustomPolicies.service()).build();
    }

    private boolean passes(String serverName) throws Exception {
        try (RawClient client = new RawClient(
                EdgeCa.connect(authority.client(null), rig.client(Rig.FINANCE).getPort(), serverName))) {
            return client.send("hello\n").line().equals("hello");
        } catch (IOException _) {
            return false;
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = AppProtocol.class,
            names = {"TCP", "TLS", "UNKNOWN"})
    void aDenialByNameHolds(AppProtocol declared) throws Exception {
        port(declared);
        rig.policies(ofService(Action.DENY, EVIL));
        assertThat(passes(GOOD)).isTrue();
        assertThat(passes(EVIL)).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            value = AppProtocol.class,
            names = {"TCP", "TLS", "UNKNOWN"})
    void aPermissionByNameHolds(AppProtocol declared) throws Exception {
        port(declared);
        rig.policies(ofService(Action.ALLOW, GOOD));
        assertThat(passes(GOOD)).isTrue();
        assertThat(passes(EVIL)).isFalse();
    }

    @Test
    void policiesOfTheEndpointSeeTheNameToo() throws Exception {
        port(AppProtocol.TCP);
        rig.policies(about(Action.DENY, EVIL)
                .setEndpointScope(EndpointScope.NAMESPACE)
                .build());
        assertThat(passes(GOOD)).isTrue();
        assertThat(passes(EVIL)).isFalse();
    }

    @Test
    void aServerThatSpeaksFirstIsHeardAllTheSame() throws Exception {
        banner = "220 ready\r\n";
        port(AppProtocol.TCP);
        rig.policies(ofService(Action.DENY, EVIL));
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            assertThat(client.line()).isEqualTo("220 ready");
            assertThat(client.send("QUIT\n").line()).isEqualTo("QUIT");
        }
    }

    /** A warning before the hello, which some servers pass over, and a hello that is longer than it may be. */
    @ParameterizedTest
    @EnumSource(
            value = AppProtocol.class,
            names = {"TCP", "TLS", "UNKNOWN"})
    void tlsWhoseNameCannotBeReadIsClosedWherePoliciesAskForIt(AppProtocol declared) throws Exception {
        port(declared);
        rig.policies(ofService(Action.DENY, EVIL));
        for (byte[] start : List.of(
                new byte[] {21, 3, 1, 0, 2, 1, 90}, new byte[] {22, 3, 1, 0, 4, 1, 0, (byte) 0xff, (byte) 0xff})) {
            try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
                client.socket.getOutputStream().write(start);
                client.socket.setSoTimeout(5_000);
                assertThat(client.ended()).isTrue();
            }
        }
    }

    /** Whoever keeps a connection ready and begins later is not lost. */
    @Test
    void aHelloThatComesLateFindsItsRouteOnAnUndeclaredPort() throws Exception {
        port(AppProtocol.UNKNOWN);
        rig.routes.apply(Map.of("TLS/accounts/by-name", EdgeRig.tlsRoute("accounts", GOOD, Rig.HOSTNAME)), List.of());
        assertLate();
    }

    @Test
    void aHelloThatComesLateIsJudgedByItsName() throws Exception {
        port(AppProtocol.UNKNOWN);
        rig.policies(ofService(Action.ALLOW, GOOD));
        assertLate();
    }

    private void assertLate() throws Exception {
        try (SSLSocket tls = EdgeCa.connect(
                        authority.client(null), rig.client(Rig.FINANCE).getPort(), GOOD);
                SSLSocket other = EdgeCa.connect(
                        authority.client(null), rig.client(Rig.FINANCE).getPort(), EVIL);
                Socket waiting = new Socket(
                        InetAddress.getLoopbackAddress(),
                        rig.client(Rig.FINANCE).getPort())) {
            waiting.setSoTimeout(SILENCE_MS);
            assertThatThrownBy(() -> waiting.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            RawClient client = new RawClient(tls);
            assertThat(client.send("hello\n").line()).isEqualTo("hello");
            assertThatThrownBy(other::startHandshake).isInstanceOf(IOException.class);
        }
    }
}
