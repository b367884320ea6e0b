package io.periplus.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.periplus.cli.install.CertificateAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A TLS server on the loopback address that answers any request with an empty list: enough to train a client. */
final class TrainingServer implements AutoCloseable {
    private static final char[] NO_PASSWORD = {};
    private static final byte[] ANSWER = """
            {"kind":"List","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[],
             "spec":{"gatewayClassName":"istio-waypoint"},
             "status":{"conditions":[{"type":"Programmed","status":"True","reason":"Programmed","message":""}]}}
            """.getBytes(StandardCharsets.UTF_8);

    private final HttpsServer server;
    private final Path kubeconfig;

    private TrainingServer(HttpsServer server, Path kubeconfig) {
        this.server = server;
        this.kubeconfig = kubeconfig;
    }

    static TrainingServer start() throws IOException, GeneralSecurityException {
        CertificateAuthority authority = CertificateAuthority.createRoot("training");
        CertificateAuthority.Server identity = authority.issueServer(InetAddress.getLoopbackAddress());
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("server", identity.key(), NO_PASSWORD, identity.chain());
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, NO_PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/", TrainingServer::answer);
        server.start();
        Path kubeconfig = Files.createTempFile("periplus-training", ".yaml");
        String ca =
                Base64.getEncoder().encodeToString(authority.certificatePem().getBytes(StandardCharsets.US_ASCII));
        Files.writeString(kubeconfig, """
                apiVersion: v1
                kind: Config
                current-context: training
                clusters: [{name: training, cluster: {server: "https://127.0.0.1:%d", certificate-authority-data: %s}}]
                contexts: [{name: training, context: {cluster: training, user: training}}]
                users: [{name: training, user: {token: none}}]
                """.formatted(server.getAddress().getPort(), ca));
        return new TrainingServer(server, kubeconfig);
    }

    private static void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, ANSWER.length);
            exchange.getResponseBody().write(ANSWER);
        }
    }

    Path kubeconfig() {
        return kubeconfig;
    }

    @Override
    public void close() throws IOException {
        server.stop(0);
        Files.deleteIfExists(kubeconfig);
    }
}
