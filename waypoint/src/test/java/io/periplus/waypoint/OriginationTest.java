package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import io.periplus.wire.waypoint.BackendPolicy;
import io.periplus.wire.waypoint.BackendTls;
import io.periplus.wire.waypoint.ConnectionPool;
import io.periplus.wire.waypoint.ProxyProtocol;
import io.periplus.wire.waypoint.TrafficPolicy;
import io.periplus.wire.workload.AppProtocol;
import io.periplus.wire.workload.TunnelProtocol;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What applications want before their own protocol: TLS, the client's address. */
class OriginationTest {
    private static final String NAME = "origin.example.com";
    private Rig rig;

    @BeforeEach
    void start() {
        rig = new Rig();
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private void policy(BackendTls.Builder tls) {
        rig.backendPolicy(BackendPolicy.newBuilder()
                .setAllPorts(TrafficPolicy.newBuilder().setTls(tls))
                .build());
    }

    private RawClient.Answer get() throws Exception {
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            return client.get("/");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = TunnelProtocol.class,
            names = {"NONE", "HBONE"})
    void tlsReachesTheApplicationInsideTheTunnelAndOutside(TunnelProtocol tunnel) throws Exception {
        try (Origin origin = new Origin("127.0.1.1", NAME, false)) {
            rig.service(AppProtocol.HTTP11, origin.port(), tunnel, "127.0.1.1");
            policy(BackendTls.newBuilder().setSni(NAME).setCaCertificates(origin.certificate()));
            RawClient.Answer answer = get();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("origin");
            assertThat(origin.serverNames).containsOnly(NAME);
        }
    }

    @Test
    void bytesThatAreNoHttpGetTlsToo() throws Exception {
        try (Origin origin = new Origin("127.0.1.1", NAME, false)) {
            rig.service(AppProtocol.TCP, origin.port(), "127.0.1.1");
            policy(BackendTls.newBuilder().setSni(NAME).setCaCertificates(origin.certificate()));
            RawClient.Answer answer = get();
            assertThat(answer.body()).isEqualTo("origin");
            // As the origin wrote it.
            assertThat(answer.header("server")).isEmpty();
        }
    }

    @Test
    void bytesThatAreNoHttpAreResetWhenTlsFails() throws Exception {
        try (Origin origin = new Origin("127.0.1.1", "somebody.else", false);
                RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            rig.service(AppProtocol.TCP, origin.port(), "127.0.1.1");
            policy(BackendTls.newBuilder().setSni(NAME).setCaCertificates(origin.certificate()));
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.ended()).isTrue();
        }
    }

    @Test
    void aServerOfAnotherNameIsRefused() throws Exception {
        try (Origin origin = new Origin("127.0.1.1", "somebody.else", false)) {
            rig.service(AppProtocol.HTTP11, origin.port(), "127.0.1.1");
            policy(BackendTls.newBuilder().setSni(NAME).setCaCertificates(origin.certificate()));
            RawClient.Answer answer = get();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).contains("TLS with 127.0.1.1:" + origin.port() + " failed", NAME);
        }
    }

    @Test
    void theNamesOfThePolicyReplaceTheOneThatIsSent() throws Exception {
        try (Origin origin = new Origin("127.0.1.1", "somebody.else", false)) {
            rig.service(AppProtocol.HTTP11, origin.port(), "127.0.1.1");
            policy(BackendTls.newBuilder()
                    .setSni(NAME)
                    .addSubjectAltNames("somebody.else")
                    .setCaCertificates(origin.certificate()));
            assertThat(get().status()).isEqualTo(200);
        }
    }

    @Test
    void aServerOfAnotherAuthorityIsRefused() throws Exception {
        try (Origin origin = new Origin("127.0.1.1", NAME, false);
                Origin other = new Origin("127.0.1.2", NAME, false)) {
            rig.service(AppProtocol.HTTP11, origin.port(), "127.0.1.1");
            policy(BackendTls.newBuilder().setSni(NAME).setCaCertificates(other.certificate()));
            assertThat(get().status()).isEqualTo(503);
        }
    }

    @Test
    void whoSkipsVerificationGetsThrough() throws Exception {
        try (Origin origin = new Origin("127.0.1.1", "somebody.else", false)) {
            rig.service(AppProtocol.HTTP11, origin.port(), "127.0.1.1");
            policy(BackendTls.newBuilder().setInsecureSkipVerify(true));
            assertThat(get().status()).isEqualTo(200);
        }
    }

    @Test
    void withoutANameInThePolicyTheHostOfTheRequestIsSent() throws Exception {
        try (Origin origin = new Origin("127.0.1.1", NAME, false)) {
            rig.service(AppProtocol.HTTP11, origin.port(), "127.0.1.1");
            policy(BackendTls.newBuilder().setCaCertificates(origin.certificate()));
            try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
                client.send("GET / HTTP/1.1\r\nHost: " + NAME + ":8080\r\n\r\n");
                assertThat(client.answer().status()).isEqualTo(200);
                // Another host is another server, whose certificate this is not.
                assertThat(client.get("/").status()).isEqualTo(503);
            }
            assertThat(origin.serverNames).containsOnly(NAME);
        }
    }

    @Test
    void settingsThatCannotBeUsedNeverTurnIntoPlainBytes() throws Exception {
        try (Application plain = new Application("127.0.1.1", 0, "plain")) {
            rig.service(AppProtocol.HTTP11, plain.port(), "127.0.1.1");
            policy(BackendTls.newBuilder().setUnusable("Secret accounts/origin does not exist"));
            RawClient.Answer answer = get();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).contains("Secret accounts/origin does not exist");
            policy(BackendTls.newBuilder().setSni(NAME).setCaCertificates("nonsense"));
            assertThat(get().status()).isEqualTo(503);
            assertThat(plain.requests).hasValue(0);
        }
    }

    @Test
    void anApplicationWithoutTlsIsNotSpokenToInClear() throws Exception {
        try (Application plain = new Application("127.0.1.1", 0, "plain")) {
            rig.service(AppProtocol.HTTP11, plain.port(), "127.0.1.1");
            rig.backendPolicy(BackendPolicy.newBuilder()
                    .setAllPorts(TrafficPolicy.newBuilder()
                            .setConnectionPool(ConnectionPool.newBuilder()
                                    .setConnectTimeout(Duration.newBuilder().setNanos(100_000_000)))
                            .setTls(BackendTls.newBuilder().setInsecureSkipVerify(true)))
                    .build());
            assertThat(get().status()).isEqualTo(503);
            assertThat(plain.requests).hasValue(0);
        }
    }

    @Test
    void theClientsAddressComesBeforeTls() throws Exception {
        try (Origin origin = new Origin("127.0.1.1", NAME, true)) {
            rig.service(AppProtocol.HTTP11, origin.port(), "127.0.1.1");
            rig.backendPolicy(BackendPolicy.newBuilder()
                    .setAllPorts(TrafficPolicy.newBuilder()
                            .setProxyProtocol(ProxyProtocol.PROXY_V1)
                            .setTls(BackendTls.newBuilder().setSni(NAME).setCaCertificates(origin.certificate())))
                    .build());
            assertThat(get().status()).isEqualTo(200);
            assertThat(origin.preambles)
                    .singleElement()
                    .asString()
                    .matches("PROXY TCP4 127\\.0\\.0\\.1 10\\.96\\.0\\.10 \\d+ 8080");
        }
    }

    @Test
    void versionTwoIsBinary() throws Exception {
        CompletableFuture<String> seen = new CompletableFuture<>();
        try (ServerSocket listener = new ServerSocket(0, 16, InetAddress.ofLiteral("127.0.1.1"))) {
            Thread.startVirtualThread(() -> {
                try (Socket connection = listener.accept()) {
                    seen.complete(
                            HexFormat.of().formatHex(connection.getInputStream().readNBytes(28)));
                } catch (java.io.IOException e) {
                    seen.completeExceptionally(e);
                }
            });
            rig.service(AppProtocol.HTTP11, listener.getLocalPort(), "127.0.1.1");
            rig.backendPolicy(BackendPolicy.newBuilder()
                    .setAllPorts(TrafficPolicy.newBuilder().setProxyProtocol(ProxyProtocol.PROXY_V2))
                    .build());
            get();
            assertThat(seen.get()).matches("0d0a0d0a000d0a515549540a2111000c7f0000010a60000a....1f90");
        }
    }
}
