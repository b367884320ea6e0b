package io.periplus.waypoint.limit.remote;

import io.grpc.CallOptions;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.periplus.waypoint.upstream.tls.Roots;
import io.periplus.wire.ratelimit.RateLimitRequest;
import io.periplus.wire.ratelimit.RateLimitResponse;
import io.periplus.wire.ratelimit.RateLimitServiceGrpc;
import io.periplus.wire.waypoint.LimitBackend;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A service that speaks {@code envoy.service.ratelimit.v3}. It cannot take back what it counted. */
final class ServiceTransport implements Transport {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceTransport.class);
    private static final int CONNECT_TIMEOUT_MS = 2_000;

    /** Beyond, an answer is not about limits. */
    private static final int ANSWER_BYTES_MAX = 64 << 10;

    private final ManagedChannel channel;
    private final String domain;

    ServiceTransport(LimitBackend backend, EventLoopGroup loops) throws GeneralSecurityException, IOException {
        HostPort address = HostPort.parse(backend.getAddress());
        domain = backend.getService().getDomain();
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(address.host(), address.port())
                .eventLoopGroup(loops)
                .channelType(EpollSocketChannel.class)
                .directExecutor()
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS)
                .maxInboundMessageSize(ANSWER_BYTES_MAX)
                .disableRetry();
        if (backend.hasTls()) {
            String authorities = backend.getTls().getCaCertificates();
            builder.sslContext(GrpcSslContexts.forClient()
                    .trustManager(authorities.isEmpty() ? Roots.system() : Roots.of(authorities))
                    .build());
            if (!backend.getTls().getServerName().isEmpty()) {
                builder.overrideAuthority(backend.getTls().getServerName());
            }
        } else {
            builder.usePlaintext();
        }
        channel = builder.build();
        channel.getState(true);
    }

    /** A connection that is only just being made is worth the policy's timeout. */
    @Override
    public boolean isConnected() {
        return channel.getState(true) != ConnectivityState.TRANSIENT_FAILURE;
    }

    @Override
    public void ask(List<Ask> limits, boolean enforced, long timeoutNanos, Consumer<@Nullable Verdict> answer) {
        RateLimitRequest request = ServiceMessages.request(domain, limits);
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(timeoutNanos, TimeUnit.NANOSECONDS);
        ClientCalls.asyncUnaryCall(
                channel.newCall(RateLimitServiceGrpc.getShouldRateLimitMethod(), options),
                request,
                new StreamObserver<RateLimitResponse>() {
                    private boolean answered;

                    @Override
                    public void onNext(RateLimitResponse response) {
                        answered = true;
                        answer.accept(ServiceMessages.verdict(response, limits.size()));
                    }

                    @Override
                    public void onError(Throwable failure) {
                        LOG.debug("rate limits: service {}: {}", channel.authority(), failure.getMessage());
                        end();
                    }

                    @Override
                    public void onCompleted() {
                        end();
                    }

                    private void end() {
                        if (!answered) {
                            answered = true;
                            answer.accept(null);
                        }
                    }
                });
    }

    @Override
    public void giveBack(List<Ask> limits) {
        // The protocol has no word for it.
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
