package io.periplus.waypoint.limit.remote;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.EventLoopGroupProvider;
import io.lettuce.core.resource.SocketAddressResolver;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutorGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.periplus.waypoint.upstream.tls.Roots;
import io.periplus.wire.waypoint.LimitBackend;
import io.periplus.wire.waypoint.RedisBackend;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Makes clients of Redis, which share one event loop that is not theirs. */
final class RedisClients implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    private final ClientResources resources;

    RedisClients(EventLoopGroup loops) {
        this.resources = DefaultClientResources.builder()
                .eventLoopGroupProvider(new OneGroup(loops))
                .eventExecutorGroup(ImmediateEventExecutor.INSTANCE)
                .commandLatencyRecorder(CommandLatencyRecorder.disabled())
                .reconnectDelay(Delay.exponential(100, 1_000, TimeUnit.MILLISECONDS, 2))
                .build();
    }

    /**
     * A transport that begins to connect.
     *
     * @throws GeneralSecurityException if the authorities cannot be used
     */
    Transport open(LimitBackend backend, EventLoop loop) throws GeneralSecurityException, IOException {
        HostPort address = HostPort.parse(backend.getAddress());
        String serverName = backend.getTls().getServerName();
        boolean renamed = backend.hasTls() && !serverName.isEmpty() && !serverName.equals(address.host());
        ClientResources own = renamed
                ? resources
                        .mutate()
                        .socketAddressResolver(new Elsewhere(address))
                        .build()
                : resources;
        RedisClient client = RedisClient.create(own);
        client.setOptions(options(backend));
        return new RedisTransport(client, uri(backend, renamed ? serverName : address.host(), address.port()), loop);
    }

    private static RedisURI uri(LimitBackend backend, String host, int port) {
        RedisBackend redis = backend.getRedis();
        RedisURI.Builder uri = RedisURI.Builder.redis(host, port)
                .withDatabase(redis.getDatabase())
                .withTimeout(CONNECT_TIMEOUT)
                .withSsl(backend.hasTls())
                .withVerifyPeer(SslVerifyMode.FULL);
        if (!redis.getPassword().isEmpty()) {
            if (redis.getUsername().isEmpty()) {
                uri.withPassword(redis.getPassword().toCharArray());
            } else {
                uri.withAuthentication(redis.getUsername(), redis.getPassword().toCharArray());
            }
        }
        return uri.build();
    }

    private static ClientOptions options(LimitBackend backend) throws GeneralSecurityException, IOException {
        ClientOptions.Builder options = ClientOptions.builder()
                .autoReconnect(true)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(2 * Remote.WAITING_MAX)
                .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(CONNECT_TIMEOUT)
                        .tcpNoDelay(true)
                        .keepAlive(true)
                        .build());
        if (backend.hasTls()) {
            String authorities = backend.getTls().getCaCertificates();
            var trusted = authorities.isEmpty() ? Roots.system() : Roots.of(authorities);
            options.sslOptions(SslOptions.builder()
                    .jdkSslProvider()
                    .handshakeTimeout(CONNECT_TIMEOUT)
                    .sslContext(tls -> tls.trustManager(trusted))
                    .build());
        }
        return options.build();
    }

    @Override
    public void close() {
        resources.shutdown(0, 1, TimeUnit.SECONDS);
    }

    /**
     * Connects to an address whose certificate has another name: the name that is verified is the one of the socket's address.
     * Looked up when a connection is made, on the event loop of the limits, as Netty does it by default.
     */
    private static final class Elsewhere extends SocketAddressResolver {
        private final HostPort address;

        Elsewhere(HostPort address) {
            this.address = address;
        }

        @Override
        public SocketAddress resolve(RedisURI uri) {
            try {
                byte[] found = InetAddress.getByName(address.host()).getAddress();
                return new InetSocketAddress(InetAddress.getByAddress(uri.getHost(), found), address.port());
            } catch (UnknownHostException _) {
                // Fails, and is tried again.
                return InetSocketAddress.createUnresolved(address.host(), address.port());
            }
        }
    }

    /** Hands out a group that somebody else ends. */
    private record OneGroup(EventLoopGroup loops) implements EventLoopGroupProvider {
        @Override
        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
        public <T extends EventLoopGroup> T allocate(Class<T> type) {
            return (T) loops;
        }

        @Override
        public int threadPoolSize() {
            return 1;
        }

        @Override
        public Future<Boolean> release(EventExecutorGroup group, long quiet, long timeout, TimeUnit unit) {
            return ImmediateEventExecutor.INSTANCE.newSucceededFuture(true);
        }

        @Override
        public Future<Boolean> shutdown(long quiet, long timeout, TimeUnit unit) {
            return ImmediateEventExecutor.INSTANCE.newSucceededFuture(true);
        }
    }
}
