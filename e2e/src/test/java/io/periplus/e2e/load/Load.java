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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

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
    private final List<Tally> tallies = new ArrayList<>();
    private final List<Pace> paces = new ArrayList<>();

    private Load(NetworkNamespace from) {
        this.from = from;
    }

    /** @param from the network namespace of the pod that acts as the client; closed with the load */
    public static Load start(NetworkNamespace from, String address, int perSecond) {
        Load load = new Load(from);
        EventLoop loop = load.loops.next();
        SocketFactory sockets = SocketFactory.in(from, SocketSettings.PLAIN);
        InetSocketAddress http = new InetSocketAddress(address, EchoServer.HTTP_PORT);
        InetSocketAddress grpc = new InetSocketAddress(address, EchoServer.GRPC_PORT);
        load.add(loop, "HTTP/1.1 on kept connections", perSecond * KEPT / ALL, tally -> {
            HttpLoad keeping = new HttpLoad(loop, sockets, http, true, tally);
            loop.execute(() -> keeping.open(KEPT_CONNECTIONS));
            return keeping;
        });
        load.add(
                loop,
                "HTTP/1.1 on new connections",
                perSecond * NEW / ALL,
                tally -> new HttpLoad(loop, sockets, http, false, tally));
        load.add(loop, "gRPC", perSecond * GRPC / ALL, tally -> new GrpcLoad(loop, from, grpc, tally));
        return load;
    }

    /**
     * Connections that are opened one after the other and carry a question and an answer, to a port of which the mesh sees
     * only bytes.
     *
     * @param from the network namespace of the pod that acts as the client; closed with the load
     */
    public static Load ofConnections(NetworkNamespace from, String address, int port, int perSecond) {
        Load load = new Load(from);
        EventLoop loop = load.loops.next();
        SocketFactory sockets = SocketFactory.in(from, SocketSettings.PLAIN);
        InetSocketAddress target = new InetSocketAddress(address, port);
        load.add(loop, "connections", perSecond, tally -> new HttpLoad(loop, sockets, target, false, tally));
        return load;
    }

    private void add(EventLoop loop, String kind, int perSecond, Function<Tally, Pace.Sender> sender) {
        Tally tally = new Tally(kind);
        tallies.add(tally);
        paces.add(new Pace(loop, perSecond, sender.apply(tally), tally));
    }

    /** What became of the requests, by kind. */
    public List<Tally> tallies() {
        return List.copyOf(tallies);
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
        return tallies.stream().map(Tally::toString).collect(Collectors.joining("\n"));
    }
}
