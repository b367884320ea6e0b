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

/** Requests out of a pod, on kept connections, on new ones, and gRPC; on one thread, until closed. */
public final class Load implements AutoCloseable {
    /** At 500 requests per second each is used 25 times a second, as a busy client's pool is. */
    private static final int KEPT_CONNECTIONS = 8;

    /** Of five requests, how many of each kind. */
    private static final int KEPT = 2;

    private static final int NEW = 1;
    private static final int GRPC = 2;
    private static final int ALL = KEPT + NEW + GRPC;

    private final NetworkNamespace from;
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final Tally kept = new Tally("HTTP/1.1 on kept connections");
    private final Tally fresh = new Tally("HTTP/1.1 on new connections");
    private final Tally grpc = new Tally("gRPC");
    private final List<Pace> paces;

    private Load(NetworkNamespace from, String address, int perSecond) {
        this.from = from;
        EventLoop loop = loops.next();
        SocketFactory sockets = SocketFactory.in(from, SocketSettings.PLAIN);
        InetSocketAddress http = new InetSocketAddress(address, EchoServer.HTTP_PORT);
        HttpLoad keeping = new HttpLoad(loop, sockets, http, true, kept);
        loop.execute(() -> keeping.open(KEPT_CONNECTIONS));
        paces = List.of(
                new Pace(loop, perSecond * KEPT / ALL, keeping, kept),
                new Pace(loop, perSecond * NEW / ALL, new HttpLoad(loop, sockets, http, false, fresh), fresh),
                new Pace(
                        loop,
                        perSecond * GRPC / ALL,
                        new GrpcLoad(loop, from, new InetSocketAddress(address, EchoServer.GRPC_PORT), grpc),
                        grpc));
    }

    /** @param from the network namespace of the pod that acts as the client; closed with the load */
    public static Load start(NetworkNamespace from, String address, int perSecond) {
        return new Load(from, address, perSecond);
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
