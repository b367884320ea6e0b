package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.ResourceLeakDetector;
import io.periplus.wire.waypoint.BackendPolicy;
import io.periplus.wire.waypoint.BackendTls;
import io.periplus.wire.waypoint.ClientValidation;
import io.periplus.wire.waypoint.Listener;
import io.periplus.wire.waypoint.ListenerProtocol;
import io.periplus.wire.waypoint.ListenerTls;
import io.periplus.wire.waypoint.RouteKind;
import io.periplus.wire.waypoint.TrafficPolicy;
import io.periplus.wire.workload.AppProtocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** HTTPS listeners: which one a server name chooses, what it shows, whom it lets in. */
class EdgeTlsTest {
    private static final EdgeCa CA = new EdgeCa("public");
    private static final EdgeCa CLIENTS = new EdgeCa("clients");
    private final Application application = new Application("127.0.1.1", 0, "accounts");
    private final int port = EdgeRig.freePort();
    private EdgeRig rig;

    @BeforeEach
    void start() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        rig = new EdgeRig();
        rig.service("accounts", AppProtocol.HTTP11, "127.0.1.1", application.port());
    }

    @AfterEach
    void stop() {
        rig.close();
        application.close();
    }

    private Listener https(String hostname, EdgeCa.Issued... certificates) {
        return https(hostname, tls(certificates).build());
    }

    private Listener https(String hostname, ListenerTls tls) {
        return Listener.newBuilder()
                .setName("https-" + hostname)
                .setPort(port)
                .setProtocol(ListenerProtocol.LISTENER_HTTPS)
                .setHostname(hostname)
                .setTls(tls)
                .build();
    }

    private static ListenerTls.Builder tls(EdgeCa.Issued... certificates) {
        ListenerTls.Builder tls = ListenerTls.newBuilder();
        for (EdgeCa.Issued certificate : certificates) {
            tls.addCertificates(certificate.pem());
        }
        return tls;
    }

    private void serve(Listener... listeners) {
        rig.gateway(listeners);
        for (Listener listener : listeners) {
            rig.route(RouteKind.HTTP, listener.getName(), List.of(), "accounts");
        }
    }

    private static String shown(SSLSocket socket) throws IOException {
        socket.startHandshake();
        X509Certificate leaf = (X509Certificate) socket.getSession().getPeerCertificates()[0];
        return leaf.getSubjectX500Principal().getName() + " "
                + leaf.getPublicKey().getAlgorithm();
    }

    private static RawClient.Answer get(SSLSocket socket, String host, String path) throws IOException {
        return new RawClient(socket)
                .send("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n")
                .answer();
    }

    // ---- server names

    @ParameterizedTest
    @CsvSource({
        "a.example.com, a.example.com",
        "A.Example.COM, a.example.com",
        "b.example.com, wild.example.com",
        "x.b.example.com, wild.example.com",
        "x.deep.example.com, deep.example.com",
        "example.com, every.test",
        "other.test, every.test",
        "'', every.test"
    })
    void theMostSpecificListenerForTheServerNameAnswers(String serverName, String certificate) throws Exception {
        serve(
                https("a.example.com", CA.issue("EC", "a.example.com")),
                https("*.example.com", CA.issue("EC", "wild.example.com")),
                https("*.deep.example.com", CA.issue("EC", "deep.example.com")),
                https("", CA.issue("EC", "every.test")));
        try (SSLSocket socket = EdgeCa.connect(CA.client(null), port, serverName)) {
            assertThat(shown(socket)).contains("CN=" + certificate + " ");
        }
    }

    @Test
    void aServerNameThatNobodyHasGetsNoAnswer() throws Exception {
        serve(https("a.example.com", CA.issue("EC", "a.example.com")));
        for (String name : List.of("b.example.com", "")) {
            try (SSLSocket socket = EdgeCa.connect(CA.client(null), port, name)) {
                assertThatThrownBy(socket::startHandshake).isInstanceOf(IOException.class);
            }
        }
        try (RawClient plain = new RawClient(EdgeRig.at(port))) {
            assertThat(plain.send("GET / HTTP/1.1\r\nHost: a.example.com\r\n\r\n")
                            .ended())
                    .isTrue();
        }
    }

    @Test
    void aHostOfAnotherListenerIsMisdirected() throws Exception {
        serve(
                https("a.example.com", CA.issue("EC", "a.example.com")),
                https("*.example.com", CA.issue("EC", "*.example.com")));
        SSLContext client = CA.client(null);
        try (SSLSocket socket = EdgeCa.connect(client, port, "b.example.com")) {
            assertThat(get(socket, "b.example.com:" + port, "/").status()).isEqualTo(200);
            assertThat(get(socket, "c.example.com", "/").status()).isEqualTo(200);
            assertThat(get(socket, "a.example.com", "/").status()).isEqualTo(421);
            assertThat(get(socket, "a.other.com", "/").status()).isEqualTo(404);
        }
    }

    // ---- certificates

    @Test
    void ofSeveralCertificatesAClientIsShownOneThatItTakes() throws Exception {
        EdgeCa old = new EdgeCa("old", "RSA");
        serve(https("", old.issue("RSA", "a.example.com"), old.issue("EC", "a.example.com")));
        SSLContext client = old.client(null);
        try (SSLSocket any = EdgeCa.connect(client, port, "a.example.com");
                SSLSocket rsaOnly = EdgeCa.connect(client, port, "a.example.com")) {
            assertThat(shown(any)).endsWith("EC");
            SSLParameters parameters = rsaOnly.getSSLParameters();
            parameters.setSignatureSchemes(new String[] {"rsa_pss_rsae_sha256", "rsa_pkcs1_sha256"});
            rsaOnly.setSSLParameters(parameters);
            assertThat(shown(rsaOnly)).endsWith("RSA");
        }
    }

    @Test
    void ofSeveralCertificatesAClientIsShownTheOneWithItsName() throws Exception {
        serve(https("", CA.issue("EC", "a.example.com"), CA.issue("RSA", "b.example.com", "*.b.example.com")));
        SSLContext client = CA.client(null);
        for (String name : List.of("b.example.com", "x.b.example.com")) {
            try (SSLSocket socket = EdgeCa.connect(client, port, name)) {
                assertThat(shown(socket)).endsWith("CN=b.example.com RSA");
            }
        }
    }

    @Test
    void aCertificateIsReplacedUnderOpenConnections() throws Exception {
        serve(https("", CA.issue("EC", "old.example.com")));
        SSLContext client = CA.client(null);
        try (SSLSocket open = EdgeCa.connect(client, port, "x.test")) {
            assertThat(get(open, "x.test", "/").status()).isEqualTo(200);
            rig.gateway(https("", CA.issue("EC", "new.example.com")));
            try (SSLSocket later = EdgeCa.connect(CA.client(null), port, "x.test")) {
                assertThat(shown(later)).contains("CN=new.example.com");
            }
            RawClient.Answer answer = get(open, "x.test", "/");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("connection")).isEmpty();
        }
    }

    @Test
    void aListenerWithABrokenCertificateHarmsNoOther() throws Exception {
        ListenerTls broken = ListenerTls.newBuilder()
                .addCertificates(
                        CA.issue("EC", "a.example.com").pem().toBuilder().setPrivateKey("none"))
                .build();
        serve(https("a.example.com", broken), https("b.example.com", CA.issue("EC", "b.example.com")));
        try (SSLSocket a = EdgeCa.connect(CA.client(null), port, "a.example.com");
                SSLSocket b = EdgeCa.connect(CA.client(null), port, "b.example.com")) {
            assertThatThrownBy(a::startHandshake).isInstanceOf(IOException.class);
            assertThat(get(b, "b.example.com", "/").status()).isEqualTo(200);
        }
    }

    // ---- protocols

    @ParameterizedTest
    @CsvSource({"HTTP_1_1", "HTTP_2"})
    void bothVersionsOfHttpAreSpokenAsTheClientLikes(HttpClient.Version version) throws Exception {
        serve(https("", CA.issue("EC", "localhost")));
        try (HttpClient client = HttpClient.newBuilder()
                .sslContext(CA.client(null))
                .version(version)
                .build()) {
            URI uri = URI.create("https://localhost:" + port + "/headers");
            HttpResponse<String> answer =
                    client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.version()).isEqualTo(version);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).contains("x-forwarded-proto: https\n").doesNotContain("client-cert");
        }
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.2", "TLSv1.3"})
    void tlsIsSpokenFrom12On(String version) throws Exception {
        serve(https("", CA.issue("EC", "localhost")));
        try (SSLSocket socket = EdgeCa.connect(CA.client(null), port, "x.test")) {
            socket.setEnabledProtocols(new String[] {version});
            assertThat(get(socket, "x.test", "/").status()).isEqualTo(200);
            assertThat(socket.getSession().getProtocol()).isEqualTo(version);
        }
    }

    @Test
    void anAnswerThatEndsTheConnectionEndsItsTlsFirst() throws Exception {
        serve(https("", CA.issue("EC", "localhost")));
        try (SSLSocket socket = EdgeCa.connect(CA.client(null), port, "x.test")) {
            RawClient client = new RawClient(socket);
            client.send("GET / HTTP/1.1\r\nHost: x.test\r\nConnection: close\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(200);
            assertThat(socket.getInputStream().read())
                    .as("an end without close_notify would be an exception")
                    .isEqualTo(-1);
        }
    }

    // ---- TLS to backends

    @Test
    void aBackendThatAsksIsShownTheGatewaysOwnCertificate() throws Exception {
        EdgeCa.Issued origin = CA.issue("EC", "origin.example.com");
        try (ServerSocket listener = new ServerSocket(0, 4, InetAddress.ofLiteral("127.0.1.1"))) {
            Thread.startVirtualThread(() -> answerWithNameOfClient(listener, origin));
            rig.service("asking", AppProtocol.HTTP11, "127.0.1.1", listener.getLocalPort());
            rig.gateway(https("", CA.issue("EC", "localhost")));
            rig.route(RouteKind.HTTP, "https-", List.of(), "asking");
            rig.backendPolicies.apply(
                    Map.of(
                            "accounts/asking.accounts.svc.cluster.local",
                            BackendPolicy.newBuilder()
                                    .setAllPorts(TrafficPolicy.newBuilder()
                                            .setTls(BackendTls.newBuilder()
                                                    .setSni("origin.example.com")
                                                    .addSubjectAltNames("origin.example.com")
                                                    .setCaCertificates(CA.pem())))
                                    .build()),
                    List.of());
            rig.backendPolicies.ownCertificate(
                    CLIENTS.issue("EC", "gateway.example.com").pem());
            try (SSLSocket socket = EdgeCa.connect(CA.client(null), port, "x.test")) {
                assertThat(get(socket, "x.test", "/").body()).contains("CN=gateway.example.com");
            }
        }
    }

    private static void answerWithNameOfClient(ServerSocket listener, EdgeCa.Issued own) {
        try (SSLSocket socket = own.server(listener.accept(), CLIENTS)) {
            socket.setNeedClientAuth(true);
            RawClient peer = new RawClient(socket);
            peer.head();
            X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            String name = shown.getSubjectX500Principal().getName();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + name.length() + "\r\n\r\n" + name);
            peer.ended();
        } catch (IOException _) {
            // The gateway has left.
        }
    }

    // ---- clients' certificates

    private Listener asking(String authorities, boolean fallback) {
        return https(
                "",
                tls(CA.issue("EC", "localhost"))
                        .setClientValidation(ClientValidation.newBuilder()
                                .setCaCertificates(authorities)
                                .setInsecureFallback(fallback))
                        .build());
    }

    private String seenWith(EdgeCa.Issued own) throws IOException {
        try (SSLSocket socket = EdgeCa.connect(CA.client(own), port, "x.test")) {
            return get(socket, "x.test", "/headers").body();
        }
    }

    @Test
    void aClientWithAValidCertificateIsDescribedToTheBackend() throws Exception {
        serve(asking(CLIENTS.pem(), false));
        assertThat(seenWith(CLIENTS.issue("EC", "mobile.example.com")))
                .containsPattern(
                        "x-forwarded-client-cert: Hash=[0-9a-f]{64};Cert=\"-----BEGIN%20CERTIFICATE-----%0A[^\"]+\";"
                                + "Subject=\"O=Edge Test,CN=mobile.example.com\";DNS=mobile.example.com\n");
    }

    @Test
    void aClientWithoutAValidCertificateIsRefusedInTheHandshake() {
        serve(asking(CLIENTS.pem(), false));
        assertThatThrownBy(() -> seenWith(null)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> seenWith(CA.issue("EC", "stranger.example.com")))
                .isInstanceOf(IOException.class);
    }

    @Test
    void whereNoAuthorityIsKnownNobodyComesIn() {
        serve(asking("", false));
        assertThatThrownBy(() -> seenWith(CLIENTS.issue("EC", "mobile.example.com")))
                .isInstanceOf(IOException.class);
    }

    @Test
    void whereInvalidCertificatesPassOnlyValidOnesAreForwarded() throws Exception {
        serve(asking(CLIENTS.pem(), true));
        assertThat(seenWith(null)).doesNotContain("client-cert");
        assertThat(seenWith(CA.issue("EC", "stranger.example.com"))).doesNotContain("client-cert");
        assertThat(seenWith(CLIENTS.issue("EC", "mobile.example.com"))).contains("client-cert: Hash=");
    }

    @Test
    void newRulesForClientsEndOldConnections() throws Exception {
        serve(https("", CA.issue("EC", "localhost")));
        try (SSLSocket open = EdgeCa.connect(CA.client(null), port, "x.test")) {
            assertThat(get(open, "x.test", "/").status()).isEqualTo(200);
            rig.gateway(asking(CLIENTS.pem(), false));
            assertThat(open.getInputStream().read()).isEqualTo(-1);
        }
    }
}
