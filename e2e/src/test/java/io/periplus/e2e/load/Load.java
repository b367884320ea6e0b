package io.periplus.e2e.load;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.periplus.dataplane.net.SocketFactory;
import io.periplus.dataplane.net.SocketSettings;
import io.periplus.linux.NetworkNamespace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** 500 requests per second out of a pod: on kept connections, on new ones, and gRPC; on one thread, until closed. */
public final class Load implements AutoCloseable {
    /** Each is used 25 times a second, as a busy client's pool is. */
    private static final int KEPT_CONNECTIONS = 8;

    private static final int KEPT_PER_SECOND = 200;
    private static final int NEW_PER_SECOND = 100;
    private static final int GRPC_PER_SECOND = 200;

    private final NetworkNamespace from;
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final Tally kept = new Tally("HTTP/1.1 on kept connections");
    private final Tally fresh = new Tally("HTTP/1.1 on new connections");
    private final Tally grpc = new Tally("gRPC");
    private final List<Pace> paces;

    private Load(NetworkNamespace from, String address) {
        this.from = from;
        EventLoop loop = loops.next();
        SocketFactory sockets = SocketFactory.in(from, SocketSettings.PLAIN);
        InetSocketAddress http = new InetSocketAddress(address, EchoServer.HTTP_PORT);
        HttpLoad keeping = new HttpLoad(loop, sockets, http, true, kept);
        loop.execute(() -> keeping.open(KEPT_CONNECTIONS));
        paces = List.of(
                new Pace(loop, KEPT_PER_SECOND, keeping, kept),
                new Pace(loop, NEW_PER_SECOND, new HttpLoad(loop, sockets, http, false, fresh), fresh),
                new Pace(
                        loop,
                        GRPC_PER_SECOND,
                        new GrpcLoad(loop, from, new InetSocketAddress(address, EchoServer.GRPC_PORT), grpc),
                        grpc));
    }

    /** @param from the network namespace of the pod that acts as the client; closed with the load */
    public static Load start(NetworkNamespace from, String address) {
        return new Load(from, address);
    }

    /** What became of the requests, by kind. */
    public List<Tally> tallies() {
        return List.of(kept, fresh, grpc);
    }

    /** Stops sending and waits for the last answers. */
    public void finish() {
        paces.stream()
                .map(Pace::stop)
                .toList()
                .forEach(done -> done.orTimeout(30, TimeUnit.SECONDS).join());
    }

    @Override
    public void close() throws IOException {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        from.close();
    }

    @Override
    public String toString() {
        return Stream.of(kept, fresh, grpc).map(Tally::toString).collect(Collectors.joining("\n"));
    }
}
