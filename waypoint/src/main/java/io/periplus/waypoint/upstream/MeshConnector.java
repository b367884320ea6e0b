package io.periplus.waypoint.upstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.periplus.dataplane.hbone.HbonePool;
import io.periplus.dataplane.hbone.HboneTarget;
import io.periplus.dataplane.index.WorkloadIdentity;
import io.periplus.dataplane.net.SocketFactory;
import io.periplus.dataplane.net.SocketSettings;
import io.periplus.dataplane.tls.WorkloadTls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * Reaches endpoints as their workloads want: through a tunnel in this waypoint's own name, accepting only the workload's
 * identity at the other end, or in clear where the workload is outside the mesh. What the application itself wants on top,
 * the client's address or TLS, follows inside.
 */
public final class MeshConnector implements Connector {
    /** Where workloads take HBONE. */
    public static final int HBONE_PORT = 15008;

    /** Of a name that are tried for one connection. */
    private static final int ADDRESSES_MAX = 3;

    private final HbonePool tunnels;
    private final Supplier<CompletableFuture<WorkloadTls>> identity;
    private final int hbonePort;
    /** One per way to connect that a policy asks for; tunnels are shared among those with the same. */
    private final Map<SocketSettings, SocketFactory> sockets = new ConcurrentHashMap<>();

    /** @param identity gives this waypoint's own TLS contexts; may complete on any thread */
    public MeshConnector(HbonePool tunnels, Supplier<CompletableFuture<WorkloadTls>> identity, int hbonePort) {
        this.tunnels = tunnels;
        this.identity = identity;
        this.hbonePort = hbonePort;
    }

    @Override
    public Future<Channel> connect(Dial dial, EventLoop loop) {
        Future<Channel> opened = dial.backend().address().isUnresolved() ? resolved(dial, loop) : open(dial, loop);
        return ApplicationLayer.isNeeded(dial) ? ApplicationLayer.on(opened, dial, loop) : opened;
    }

    private Future<Channel> resolved(Dial dial, EventLoop loop) {
        InetSocketAddress address = dial.backend().address();
        Promise<Channel> promise = loop.newPromise();
        dial.hostnames().resolve(address.getHostString()).addListener((Future<List<InetAddress>> found) -> {
            if (found.isSuccess()) {
                List<InetAddress> all = new ArrayList<>(found.getNow());
                Collections.shuffle(all, ThreadLocalRandom.current());
                openOneOf(all.subList(0, Math.min(all.size(), ADDRESSES_MAX)), dial, loop, promise);
            } else {
                promise.tryFailure(found.cause());
            }
        });
        return promise;
    }

    /** The first that can be reached. */
    private void openOneOf(List<InetAddress> addresses, Dial dial, EventLoop loop, Promise<Channel> promise) {
        int port = dial.backend().address().getPort();
        open(dial.to(new InetSocketAddress(addresses.getFirst(), port)), loop)
                .addListener((Future<Channel> connected) -> {
                    if (connected.isSuccess() || addresses.size() == 1) {
                        pass(connected, promise);
                    } else {
                        openOneOf(addresses.subList(1, addresses.size()), dial, loop, promise);
                    }
                });
    }

    private Future<Channel> open(Dial dial, EventLoop loop) {
        SocketFactory factory = sockets.computeIfAbsent(dial.sockets(), SocketFactory::own);
        return dial.backend().tunnelled() ? tunnel(dial.backend(), factory, loop) : plain(dial, factory, loop);
    }

    private Future<Channel> tunnel(Backend backend, SocketFactory factory, EventLoop loop) {
        CompletableFuture<WorkloadTls> own = identity.get();
        if (own.isDone() && !own.isCompletedExceptionally()) {
            return tunnels.connect(target(backend, own.join(), factory), loop);
        }
        Promise<Channel> promise = loop.newPromise();
        own.whenComplete((tls, failure) -> loop.execute(() -> {
            if (failure != null) {
                promise.tryFailure(failure);
            } else {
                tunnels.connect(target(backend, tls, factory), loop)
                        .addListener((Future<Channel> connected) -> pass(connected, promise));
            }
        }));
        return promise;
    }

    private static void pass(Future<Channel> connected, Promise<Channel> promise) {
        if (!connected.isSuccess()) {
            promise.tryFailure(connected.cause());
        } else if (!promise.trySuccess(connected.getNow())) {
            connected.getNow().close();
        }
    }

    private HboneTarget target(Backend backend, WorkloadTls tls, SocketFactory factory) {
        InetSocketAddress address = backend.address();
        InetSocketAddress end = backend.tunnelEnd();
        return new HboneTarget(
                tls,
                Set.of(WorkloadIdentity.of(backend.workload())),
                null,
                end == null ? new InetSocketAddress(address.getAddress(), hbonePort) : end,
                NetUtil.toSocketAddressString(address),
                Map.of(),
                factory);
    }

    private static Future<Channel> plain(Dial dial, SocketFactory factory, EventLoop loop) {
        Promise<Channel> promise = loop.newPromise();
        factory.connect(loop, dial.backend().address(), null, new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.config().setAutoRead(false);
                    }
                })
                .addListener((ChannelFutureListener) connected -> {
                    if (!connected.isSuccess()) {
                        promise.tryFailure(connected.cause());
                    } else if (!promise.trySuccess(connected.channel())) {
                        connected.channel().close();
                    }
                });
        return promise;
    }
}
