package io.periplus.lab.apiserver;

import io.periplus.lab.apiserver.auth.ServiceAccountTokens;
import io.periplus.lab.store.SqliteObjectStore;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Jetty, serving one cluster's API on channels that are bound already. */
final class HttpsServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpsServer.class);
    /** Longer than any watch without bookmarks, which ends after an hour at most. */
    private static final Duration IDLE = Duration.ofMinutes(70);

    private static final Duration STREAM_IDLE = Duration.ofHours(4);
    private static final long MESSAGE_MAX = 1024 * 1024;
    /** Selectors only, which accept too: requests run on virtual threads. */
    private static final int THREADS_MAX = 32;

    private static final char[] PASSWORD = "in-memory".toCharArray();

    private final Server server;
    private volatile boolean stopping;

    private HttpsServer(Server server) {
        this.server = server;
    }

    static HttpsServer start(
            String name,
            SqliteObjectStore store,
            ServiceAccountTokens tokens,
            PodRuntime runtime,
            ClusterPki.Credentials credentials,
            X509Certificate clientAuthority,
            boolean enforceRbac,
            List<ServerSocketChannel> channels)
            throws IOException {
        QueuedThreadPool threads = new QueuedThreadPool(THREADS_MAX, 1);
        threads.setName("api-" + name);
        threads.setDaemon(true);
        threads.setReservedThreads(0);
        threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
        Server server = new Server(threads);
        HttpsServer https = new HttpsServer(server);
        SslContextFactory.Server tls = tls(credentials, clientAuthority);
        for (ServerSocketChannel channel : channels) {
            server.addConnector(connector(server, tls, channel));
        }
        ServerWebSocketContainer webSockets = ServerWebSocketContainer.ensure(server);
        webSockets.setIdleTimeout(STREAM_IDLE);
        webSockets.setMaxBinaryMessageSize(MESSAGE_MAX);
        server.setHandler(new HttpApi(store, tokens, runtime, webSockets, enforceRbac, () -> https.stopping));
        server.setStopTimeout(0);
        try {
            server.start();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("the API server of " + name + " does not start: " + e.getMessage(), e);
        }
        return https;
    }

    private static SslContextFactory.Server tls(ClusterPki.Credentials credentials, X509Certificate authority)
            throws IOException {
        try {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(null, null);
            keys.setKeyEntry("server", credentials.key().getPrivate(), PASSWORD, new X509Certificate[] {
                credentials.certificate(), authority
            });
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("clients", authority);
            SslContextFactory.Server tls = new SslContextFactory.Server();
            tls.setKeyStore(keys);
            tls.setKeyStorePassword(new String(PASSWORD));
            tls.setTrustStore(trusted);
            tls.setWantClientAuth(true);
            tls.setIncludeProtocols("TLSv1.3", "TLSv1.2");
            return tls;
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot prepare TLS: " + e.getMessage(), e);
        }
    }

    private static ServerConnector connector(Server server, SslContextFactory.Server tls, ServerSocketChannel channel)
            throws IOException {
        HttpConfiguration configuration = new HttpConfiguration();
        // Clients connect by many names and addresses: the certificate is the same for all.
        configuration.addCustomizer(new SecureRequestCustomizer(false));
        configuration.setSendServerVersion(false);
        configuration.setUriCompliance(UriCompliance.RFC3986);
        HttpConnectionFactory http = new HttpConnectionFactory(configuration);
        ServerConnector connector = new ServerConnector(
                server, null, null, null, 0, 1, new SslConnectionFactory(tls, http.getProtocol()), http);
        connector.setIdleTimeout(IDLE.toMillis());
        connector.open(channel);
        return connector;
    }

    @Override
    public void close() {
        stopping = true;
        try {
            server.stop();
        } catch (Exception e) {
            LOG.warn("stopping the API server: {}", e.toString());
        }
    }
}
