package io.periplus.controlplane;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.periplus.api.NamespacedName;
import io.periplus.controlplane.auth.AuthInterceptor;
import io.periplus.controlplane.auth.TokenAuthenticator;
import io.periplus.controlplane.auth.TokenReviewer;
import io.periplus.controlplane.ca.CertificateAuthority;
import io.periplus.controlplane.ca.CertificateService;
import io.periplus.controlplane.ca.NodeAuthorizer;
import io.periplus.controlplane.ca.SelfSignedCa;
import io.periplus.controlplane.jwks.JwksSettings;
import io.periplus.controlplane.xds.Catalog;
import io.periplus.controlplane.xds.Connections;
import io.periplus.controlplane.xds.DiscoveryService;
import io.periplus.model.AmbientIndex;
import io.periplus.model.MeshSettings;
import io.periplus.model.input.NamespaceInput;
import io.periplus.model.input.PodInput;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The index, the catalog and the real servers on ports of the system's choice; objects come from the test. */
final class Fixture implements AutoCloseable {
    static final NamespacedName ZTUNNEL = new NamespacedName("istio-system", "ztunnel");

    final Metrics metrics = new Metrics();
    final AmbientIndex index = new AmbientIndex(MeshSettings.defaults("cluster1"));
    final Catalog catalog = new Catalog();
    final Connections connections = new Connections(metrics);
    final IndexLoop loop = new IndexLoop(index, catalog, Duration.ofMillis(5), metrics);
    final CertificateAuthority authority;
    private final PodDirectory pods = new PodDirectory();
    private final Thread thread = new Thread(loop, "index");
    private final GrpcServers servers;
    private final List<ManagedChannel> channels = new ArrayList<>();

    /** Tokens read {@code namespace/account/pod/uid}; anything else is refused. */
    static final TokenReviewer REVIEWER = (token, audiences) -> {
        String[] parts = token.split("/");
        return parts.length != 4
                ? Optional.empty()
                : Optional.of(new TokenReviewer.Review(
                        "system:serviceaccount:" + parts[0] + ":" + parts[1],
                        List.of("system:serviceaccounts"),
                        Map.of(
                                "authentication.kubernetes.io/pod-name", List.of(parts[2]),
                                "authentication.kubernetes.io/pod-uid", List.of(parts[3]))));
    };

    Fixture() throws Exception {
        this(REVIEWER);
    }

    Fixture(TokenReviewer reviewer) throws Exception {
        ControlPlaneConfig config = new ControlPlaneConfig(
                index.mesh(),
                "istiod",
                "istio-system",
                Set.of(ZTUNNEL),
                Path.of("none"),
                List.of("istio-ca"),
                Duration.ofHours(24),
                Duration.ofDays(90),
                "",
                "",
                Map.of(),
                Duration.ofMillis(5),
                JwksSettings.of(Duration.ofMinutes(20), "", true),
                new ControlPlaneConfig.Ports(0, 0, 0, 0));
        index.watched.pods.observe(pods::apply);
        thread.start();
        authority = new CertificateAuthority(
                SelfSignedCa.load(SelfSignedCa.generate("cluster.local", Clock.systemUTC())),
                config.defaultCertLife(),
                config.maxCertLife(),
                Clock.systemUTC());
        servers = new GrpcServers(config, metrics);
        servers.start(
                authority,
                new AuthInterceptor(
                        new TokenAuthenticator(reviewer, List.of("istio-ca"), Clock.systemUTC()), "cluster1", metrics),
                new DiscoveryService(catalog, connections, () -> true, metrics, Clock.systemUTC()),
                new CertificateService(
                        authority,
                        new NodeAuthorizer(config.trustedNodeAccounts(), "cluster.local", pods),
                        "cluster.local",
                        metrics));
    }

    /** Signs with another root from now on. */
    void resign() throws Exception {
        authority.replace(SelfSignedCa.load(SelfSignedCa.generate("cluster.local", Clock.systemUTC())));
        servers.renew(authority);
    }

    /** A channel over TLS that sends this token. */
    ManagedChannel channel(String token) throws Exception {
        ManagedChannel channel = channel(servers.securePort(), authority.roots(), token);
        channels.add(channel);
        return channel;
    }

    /** A channel to any control plane. */
    static ManagedChannel channel(int port, String roots, String token) throws Exception {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        headers.put(Metadata.Key.of("clusterid", Metadata.ASCII_STRING_MARSHALLER), "cluster1");
        return NettyChannelBuilder.forAddress("127.0.0.1", port)
                .overrideAuthority("istiod.istio-system.svc")
                .intercept(MetadataUtils.newAttachHeadersInterceptor(headers))
                .sslContext(GrpcSslContexts.forClient()
                        .trustManager(new ByteArrayInputStream(roots.getBytes(StandardCharsets.US_ASCII)))
                        .build())
                .build();
    }

    /** Changes objects and returns once the change is in the catalog. */
    void change(Consumer<AmbientIndex> change) {
        change(loop, change);
    }

    /** The same with a loop that runs by itself. */
    static void change(IndexLoop loop, Consumer<AmbientIndex> change) {
        CountDownLatch done = new CountDownLatch(1);
        loop.submit(change);
        loop.afterNext(done::countDown);
        try {
            if (!done.await(30, TimeUnit.SECONDS)) {
                throw new AssertionError("the index did not settle");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static NamespaceInput namespace(String name, Map<String, String> labels) {
        return new NamespaceInput(name, labels, Map.of());
    }

    static PodInput pod(String namespace, String name, String account, String node, String ip) {
        return new PodInput(
                new NamespacedName(namespace, name),
                "uid-" + name,
                Map.of("app", name),
                Map.of("ambient.istio.io/redirection", "enabled"),
                account,
                node,
                false,
                List.of(ip),
                true,
                false,
                false,
                null,
                Map.of());
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
        servers.close();
        thread.interrupt();
    }
}
