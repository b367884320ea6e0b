package io.periplus.lab.apiserver;

import io.periplus.lab.apiserver.auth.ServiceAccountTokens;
import io.periplus.lab.store.ClusterConfig;
import io.periplus.lab.store.SqliteObjectStore;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One cluster's API server with its store and keys. State lives in {@link Config#stateDirectory()} and survives
 * {@link #close()}. Order of use: {@link #open} (the store works at once, for controllers and nodes), then
 * {@link #start}.
 */
public final class ClusterServer implements AutoCloseable {
    private static final List<String> DNS_NAMES = List.of(
            "localhost",
            "kubernetes",
            "kubernetes.default",
            "kubernetes.default.svc",
            "kubernetes.default.svc.cluster.local");

    private final Config config;
    private final SqliteObjectStore store;
    private final ClusterPki pki;
    private final ServiceAccountTokens tokens;
    private @Nullable HttpsServer https;

    private ClusterServer(Config config, SqliteObjectStore store, ClusterPki pki) {
        this.config = config;
        this.store = store;
        this.pki = pki;
        this.tokens = new ServiceAccountTokens(store, config.cluster().tokenIssuer(), pki.tokenKey());
    }

    /**
     * @param cluster name and address ranges
     * @param stateDirectory made if missing; holds {@code state.db} and {@code pki/}
     * @param addresses IP addresses besides the loopback and the {@code kubernetes} Service that clients connect to;
     *     they go into the server certificate
     * @param enforceRbac whether callers may do only what RBAC allows; otherwise the log says what it would refuse
     */
    public record Config(ClusterConfig cluster, Path stateDirectory, List<InetAddress> addresses, boolean enforceRbac) {
        public Config {
            addresses = List.copyOf(addresses);
        }

        /** RBAC is not enforced. */
        public Config(ClusterConfig cluster, Path stateDirectory, List<InetAddress> addresses) {
            this(cluster, stateDirectory, addresses, false);
        }
    }

    /** Opens (or makes) the cluster's state. */
    public static ClusterServer open(Config config) throws IOException {
        Files.createDirectories(config.stateDirectory());
        ClusterPki pki = ClusterPki.open(
                config.stateDirectory().resolve("pki"), config.cluster().name());
        SqliteObjectStore store = SqliteObjectStore.open(config.stateDirectory().resolve("state.db"), config.cluster());
        return new ClusterServer(config, store, pki);
    }

    /**
     * Serves HTTPS on channels that are bound already, in whatever network namespace they were opened. Returns when
     * all of them accept connections. The channels belong to the server from now on.
     */
    public void start(PodRuntime pods, List<ServerSocketChannel> channels) throws IOException {
        List<InetAddress> addresses = new ArrayList<>(config.addresses());
        addresses.add(InetAddress.ofLiteral("127.0.0.1"));
        addresses.add(InetAddress.ofLiteral(config.cluster().serviceAddress(1)));
        https = HttpsServer.start(
                config.cluster().name(),
                store,
                tokens,
                pods,
                pki.server(DNS_NAMES, addresses),
                pki.ca(),
                config.enforceRbac(),
                channels);
    }

    /** Makes and checks service account tokens, for projected volumes. */
    public ServiceAccountTokens tokens() {
        return tokens;
    }

    public SqliteObjectStore store() {
        return store;
    }

    public ClusterPki pki() {
        return pki;
    }

    /** A kubeconfig with cluster administrator's rights; cluster, user and context are named after the cluster. */
    public String kubeconfig(String serverUrl) {
        return Kubeconfig.admin(config.cluster().name(), serverUrl, pki);
    }

    /** Stops serving and writes everything to disk. */
    @Override
    public void close() {
        if (https != null) {
            https.close();
        }
        store.close();
    }
}
