package io.periplus.controlplane;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.periplus.controlplane.ca.CaException;
import io.periplus.controlplane.ca.CertificateAuthority;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The two gRPC servers: discovery in the clear, discovery and certificates over TLS. Calls run on virtual threads. */
final class GrpcServers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GrpcServers.class);

    // One thread moves the bytes of all streams; the work is done elsewhere.
    private static final int LOOPS = 1;
    // A reconnecting proxy reports every resource it holds: about 1 MiB for 10,000 of them.
    private static final int REQUEST_BYTES_MAX = 16 << 20;
    private static final int KEEPALIVE_SECONDS = 30;
    private static final int KEEPALIVE_TIMEOUT_SECONDS = 10;
    // Proxies are moved on to other replicas now and then.
    private static final int CONNECTION_AGE_MINUTES = 30;
    private static final int SHUTDOWN_SECONDS = 2;

    private final ControlPlaneConfig config;
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(LOOPS, NioIoHandler.newFactory());
    private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Server> servers = new ArrayList<>();
    private volatile @Nullable RenewableSslContext tls;
    private volatile int securePort;

    GrpcServers(ControlPlaneConfig config, Metrics metrics) {
        this.config = config;
        metrics.gauge("pilot_info", "version=\"" + Version.TEXT + '"', () -> 1);
    }

    void start(
            CertificateAuthority authority,
            ServerInterceptor authentication,
            BindableService discovery,
            BindableService certificates)
            throws IOException, CaException {
        servers.add(builder(config.ports().plaintext())
                .addService(discovery)
                .build()
                .start());
        RenewableSslContext context = new RenewableSslContext(tls(authority.serverIdentity(names())));
        Server secure = builder(config.ports().secure())
                .sslContext(context)
                .addService(ServerInterceptors.intercept(discovery, authentication))
                .addService(ServerInterceptors.intercept(certificates, authentication))
                .build()
                .start();
        servers.add(secure);
        securePort = secure.getPort();
        tls = context;
    }

    /** Presents another certificate of the authority to whoever connects from now on; connections stay. */
    void renew(CertificateAuthority authority) {
        RenewableSslContext context = tls;
        if (context == null) {
            return;
        }
        try {
            context.renew(tls(authority.serverIdentity(names())));
        } catch (IOException | CaException e) {
            LOG.warn("the server's certificate is not renewed, the former one stays: {}", e.getMessage());
        }
    }

    int securePort() {
        return securePort;
    }

    @Override
    public void close() {
        servers.forEach(Server::shutdownNow);
        try {
            for (Server server : servers) {
                server.awaitTermination(SHUTDOWN_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        calls.shutdown();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private NettyServerBuilder builder(int port) {
        return NettyServerBuilder.forPort(port)
                .bossEventLoopGroup(loops)
                .workerEventLoopGroup(loops)
                .channelType(NioServerSocketChannel.class)
                .executor(calls)
                .maxInboundMessageSize(REQUEST_BYTES_MAX)
                .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .permitKeepAliveTime(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .maxConnectionAge(CONNECTION_AGE_MINUTES, TimeUnit.MINUTES)
                .maxConnectionAgeGrace(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    private static SslContext tls(CertificateAuthority.ServerIdentity identity) throws IOException {
        return GrpcSslContexts.configure(
                        SslContextBuilder.forServer(
                                identity.keys().getPrivate(), identity.chain().toArray(X509Certificate[]::new)),
                        SslProvider.OPENSSL)
                .protocols("TLSv1.3", "TLSv1.2")
                .build();
    }

    private List<String> names() {
        List<String> names = new ArrayList<>();
        for (String service : List.of("istiod", "istiod-remote", "istio-pilot")) {
            names.add(service + "." + config.namespace() + ".svc");
        }
        names.add("istiod." + config.namespace() + ".svc." + config.mesh().clusterDomain());
        if (!config.mesh().revision().equals("default")) {
            names.add("istiod-" + config.mesh().revision() + "." + config.namespace() + ".svc");
        }
        return names;
    }
}
