package io.periplus.e2e.load;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NegotiationType;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.periplus.linux.NetworkNamespace;
import io.periplus.linux.ThreadNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Unary calls on one gRPC channel, which makes and replaces its HTTP/2 connections itself. Confined to its event loop. */
final class GrpcLoad implements Pace.Sender {
    private static final int UNDER_WAY_MAX = 1000;
    private static final int ANSWER_SECONDS = 20;
    private static final int CAUSE_MAX = 256;
    private static final byte[] MESSAGE = new byte[32];

    private final ManagedChannel channel;
    private final Tally tally;
    private int underWay;

    GrpcLoad(EventLoop loop, NetworkNamespace from, InetSocketAddress target, Tally tally) {
        this.tally = tally;
        this.channel = NettyChannelBuilder.forAddress(target)
                .eventLoopGroup(loop)
                .channelFactory(() -> in(from))
                .negotiationType(NegotiationType.PLAINTEXT)
                .executor(loop)
                .build();
    }

    private static EpollSocketChannel in(NetworkNamespace from) {
        try {
            return ThreadNamespace.call(from, () -> new EpollSocketChannel(SocketProtocolFamily.INET));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void send() {
        if (underWay >= UNDER_WAY_MAX) {
            tally.unsent(1);
            return;
        }
        underWay++;
        long start = System.nanoTime();
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(ANSWER_SECONDS, TimeUnit.SECONDS);
        ClientCalls.asyncUnaryCall(channel.newCall(EchoServer.ECHO, options), MESSAGE, new StreamObserver<>() {
            @Override
            public void onNext(byte[] answer) {}

            @Override
            public void onError(Throwable failure) {
                underWay--;
                tally.failed(cause(failure), since(start));
            }

            @Override
            public void onCompleted() {
                underWay--;
                tally.answered(since(start));
            }
        });
    }

    /** Without the figures in it, so that like is counted with like. */
    private static String cause(Throwable failure) {
        Status status = Status.fromThrowable(failure);
        String description = String.valueOf(status.getDescription()).replaceAll("[0-9][0-9.]*", "#");
        return status.getCode() + ": " + description.substring(0, Math.min(CAUSE_MAX, description.length()));
    }

    @Override
    public int underWay() {
        return underWay;
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }
}
