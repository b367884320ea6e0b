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
import io.periplus.dataplane.tls.WorkloadTls;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Reaches endpoints as their workloads want: through a tunnel in this waypoint's own name, accepting only the workload's
 * identity at the other end, or in clear where the workload is outside the mesh.
 */
public final class MeshConnector implements Connector {
    /** Where workloads take HBONE. */
    public static final int HBONE_PORT = 15008;

    private final HbonePool tunnels;
    private final SocketFactory sockets;
    private final Supplier<CompletableFuture<WorkloadTls>> identity;
    private final int hbonePort;

    /** @param identity gives this waypoint's own TLS contexts; may complete on any thread */
    public MeshConnector(
            HbonePool tunnels,
            SocketFactory sockets,
            Supplier<CompletableFuture<WorkloadTls>> identity,
            int hbonePort) {
        this.tunnels = tunnels;
        this.sockets = sockets;
        this.identity = identity;
        this.hbonePort = hbonePort;
    }

    @Override
    public Future<Channel> connect(Backend backend, EventLoop loop) {
        return backend.tunnelled() ? tunnel(backend, loop) : plain(backend, loop);
    }

    private Future<Channel> tunnel(Backend backend, EventLoop loop) {
        CompletableFuture<WorkloadTls> own = identity.get();
        if (own.isDone() && !own.isCompletedExceptionally()) {
            return tunnels.connect(target(backend, own.join()), loop);
        }
        Promise<Channel> promise = loop.newPromise();
        own.whenComplete((tls, failure) -> loop.execute(() -> {
            if (failure != null) {
                promise.tryFailure(failure);
                return;
            }
            tunnels.connect(target(backend, tls), loop).addListener((Future<Channel> connected) -> {
                if (!connected.isSuccess()) {
                    promise.tryFailure(connected.cause());
                } else if (!promise.trySuccess(connected.getNow())) {
                    connected.getNow().close();
                }
            });
        }));
        return promise;
    }

    private HboneTarget target(Backend backend, WorkloadTls tls) {
        InetSocketAddress address = backend.address();
        return new HboneTarget(
                tls,
                Set.of(WorkloadIdentity.of(backend.workload())),
                null,
                new InetSocketAddress(address.getAddress(), hbonePort),
                NetUtil.toSocketAddressString(address),
                Map.of(),
                sockets);
    }

    private Future<Channel> plain(Backend backend, EventLoop loop) {
        Promise<Channel> promise = loop.newPromise();
        sockets.connect(loop, backend.address(), null, new ChannelInitializer<Channel>() {
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
