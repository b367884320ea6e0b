package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.periplus.waypoint.exchange.GateKeeper;
import io.periplus.waypoint.exchange.HttpSettings;
import io.periplus.waypoint.upstream.Hostnames;
import io.periplus.wire.workload.AppProtocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Egress to hosts below a wildcard: which one, the client says. */
class WildcardHostsTest {
    private static final String OUTSIDE = "240.240.0.1";
    private final Lines lines = new Lines();
    private Rig rig;

    @BeforeEach
    void start() {
        rig = new Rig(
                lines,
                HttpSettings.DEFAULT,
                GateKeeper.DEFAULT,
                loop -> new Hostnames(loop, name -> addresses(loop, name), () -> {}));
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private static Future<List<InetAddress>> addresses(EventLoop loop, String name) {
        return switch (name) {
            case "one.wild.test" -> loop.newSucceededFuture(List.of(InetAddress.ofLiteral("127.0.1.1")));
            // Nobody listens at the first.
            case "two.deep.wild.test" ->
                loop.newSucceededFuture(
                        List.of(InetAddress.ofLiteral("127.0.1.9"), InetAddress.ofLiteral("127.0.1.2")));
            case "nowhere.wild.test" -> loop.newFailedFuture(new UnknownHostException("NXDOMAIN"));
            default -> loop.newSucceededFuture(List.of(InetAddress.ofLiteral("127.0.1.3")));
        };
    }

    private InetSocketAddress outside() {
        return rig.client(Rig.FINANCE, OUTSIDE + ":8080");
    }

    private static RawClient.Answer get(RawClient client, String host) throws IOException {
        return client.send("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n").answer();
    }

    @Test
    void aRequestGoesToTheHostThatItNames() throws Exception {
        try (Application one = new Application("127.0.1.1", 0, "one");
                Application _ = new Application("127.0.1.2", one.port(), "two")) {
            rig.wildcard("*.wild.test", OUTSIDE, AppProtocol.HTTP11, one.port());
            try (RawClient client = new RawClient(outside())) {
                for (int i = 0; i < 4; i++) {
                    assertThat(get(client, "one.wild.test").body()).isEqualTo("one");
                    assertThat(get(client, "Two.Deep.Wild.Test:8080").body()).isEqualTo("two");
                }
                RawClient.Answer unknown = get(client, "nowhere.wild.test");
                assertThat(unknown.status()).isEqualTo(503);
                assertThat(unknown.body()).contains("cannot resolve nowhere.wild.test: NXDOMAIN");
            }
        }
    }

    @Test
    void aRequestForAHostOutsideTheWildcardIs404() throws Exception {
        try (Application one = new Application("127.0.1.1", 0, "one")) {
            rig.wildcard("*.wild.test", OUTSIDE, AppProtocol.HTTP11, one.port());
            try (RawClient client = new RawClient(outside())) {
                for (String host : List.of("wild.test", "one.wild.test.evil.test", "onewild.test", "127.0.1.1", "a")) {
                    assertThat(get(client, host).status()).as(host).isEqualTo(404);
                }
                assertThat(lines.of("/")).isEqualTo("404 NR route_not_found");
            }
            assertThat(one.requests).hasValue(0);
        }
    }

    @Test
    void clientsCannotMakeTheProxyKeepAnyNumberOfHosts() throws Exception {
        try (Scripted any = new Scripted("127.0.1.3", 0, _ -> Scripted.ok("any"))) {
            rig.wildcard("*.wild.test", OUTSIDE, AppProtocol.HTTP11, any.port());
            try (RawClient client = new RawClient(outside())) {
                for (int i = 0; i < 1030; i++) {
                    assertThat(get(client, "n" + i + ".wild.test").status()).isEqualTo(200);
                }
                assertThat(get(client, "n7.wild.test").body())
                        .as("one that had to go")
                        .isEqualTo("any");
                assertThat(rig.waypoint.clusters().lines().filter(line -> line.contains("::rq_total::")))
                        .hasSize(1024);
            }
        }
    }

    @Test
    void aTlsConnectionGoesToTheHostOfItsServerName() throws Exception {
        try (Origin origin = new Origin("127.0.1.1", "one.wild.test", false)) {
            rig.wildcard("*.wild.test", OUTSIDE, AppProtocol.TLS, origin.port());
            try (RawClient client = new RawClient(tls("one.wild.test"))) {
                assertThat(client.get("/").body()).isEqualTo("origin");
            }
            assertThat(origin.serverNames).containsOnly("one.wild.test");
            assertThatThrownBy(() -> tls("one.tame.test")).isInstanceOf(IOException.class);
            try (RawClient client = new RawClient(outside())) {
                client.send("GET / HTTP/1.1\r\nHost: one.wild.test\r\n\r\n");
                assertThat(client.ended()).as("without TLS there is no name").isTrue();
            }
            assertThat(lines.connections)
                    .filteredOn(line -> line.equals("NR route_not_found"))
                    .hasSize(2);
        }
    }

    private SSLSocket tls(String serverName) throws Exception {
        InetSocketAddress at = outside();
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Anybody()}, null);
        SSLSocket socket = (SSLSocket) context.getSocketFactory()
                .createSocket(new Socket(at.getAddress(), at.getPort()), serverName, at.getPort(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(serverName)));
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    /** The certificate is not what is tested. */
    private static final class Anybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
