package io.periplus.ztunnel;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.SocketChannel;
import io.periplus.dataplane.net.CloseOnError;
import io.periplus.dataplane.net.SocketFactory;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects to a pod's applications, from the client's own address where that is possible. */
final class AppConnector {
    private static final Logger LOG = LoggerFactory.getLogger(AppConnector.class);

    /** One may be an application's, or still taken by a connection that is closed. */
    private static final int PORTS_TRIED = 4;

    private final SocketFactory sockets;
    private final Features.OriginalSource originalSource;
    private final SourcePorts ports;
    /** Clients that have a connection in clear now. */
    private final Set<InetSocketAddress> inClear = ConcurrentHashMap.newKeySet();

    /** A connection that is being made. Belongs to its event loop. */
    static final class Attempt {
        private @Nullable Channel pending;
        private boolean givenUp;

        /** Nobody wants it any more; it fails at once. */
        void giveUp() {
            givenUp = true;
            Channel connecting = pending;
            if (connecting != null) {
                connecting.close();
            }
        }
    }

    AppConnector(SocketFactory sockets, Features.OriginalSource originalSource) {
        this(sockets, originalSource, new SourcePorts());
    }

    AppConnector(SocketFactory sockets, Features.OriginalSource originalSource, SourcePorts ports) {
        this.sockets = sockets;
        this.originalSource = originalSource;
        this.ports = ports;
    }

    /** Never connects from the address and port that this client has, as long as it is connected. */
    void avoid(SocketChannel client) {
        InetSocketAddress address = client.remoteAddress();
        inClear.add(address);
        client.closeFuture().addListener(_ -> inClear.remove(address));
    }

    /**
     * Connects to {@code app}. As a rule, where the client's address cannot be used, the pod's own is, with a warning: a working
     * connection is worth more than the right address on it.
     *
     * @param client whose address the application should see; {@code null} for the kernel's choice
     * @param done called on {@code loop} with the connection, which does not read yet, or with why there is none
     */
    Attempt connect(
            EventLoop loop,
            InetSocketAddress app,
            @Nullable InetAddress client,
            BiConsumer<@Nullable DuplexChannel, @Nullable Throwable> done) {
        Attempt attempt = new Attempt();
        if (client != null && isUsable(client, app.getAddress())) {
            connectAs(client, loop, app, PORTS_TRIED, attempt, done);
        } else {
            open(loop, app, null, attempt, done);
        }
        return attempt;
    }

    /** A pod that calls itself would be answered by itself: source and destination must differ. */
    private boolean isUsable(InetAddress client, InetAddress app) {
        return originalSource != Features.OriginalSource.NEVER
                && !client.equals(app)
                && client instanceof Inet4Address == app instanceof Inet4Address;
    }

    /** @param tries how many ports before it is left to the kernel to find one */
    private void connectAs(
            InetAddress client,
            EventLoop loop,
            InetSocketAddress app,
            int tries,
            Attempt attempt,
            BiConsumer<@Nullable DuplexChannel, @Nullable Throwable> done) {
        InetSocketAddress source = new InetSocketAddress(client, tries > 0 ? ports.next() : 0);
        if (inClear.contains(source)) {
            connectAs(client, loop, app, tries - 1, attempt, done);
            return;
        }
        open(loop, app, source, attempt, (connection, failure) -> {
            if (failure == null || attempt.givenUp || !isLocal(failure)) {
                done.accept(connection, failure);
            } else if (tries > 0 && SocketFactory.isTaken(failure)) {
                connectAs(client, loop, app, tries - 1, attempt, done);
            } else if (originalSource == Features.OriginalSource.IF_POSSIBLE) {
                LOG.warn(
                        "cannot connect to {} from {}: {}; connecting from the pod's own address",
                        app,
                        client,
                        failure.getMessage());
                open(loop, app, null, attempt, done);
            } else {
                done.accept(null, failure);
            }
        });
    }

    private void open(
            EventLoop loop,
            InetSocketAddress app,
            @Nullable InetSocketAddress source,
            Attempt attempt,
            BiConsumer<@Nullable DuplexChannel, @Nullable Throwable> done) {
        ChannelFuture connecting = sockets.connectFrom(loop, app, source, CloseOnError.HANDLER);
        connecting.channel().config().setAutoRead(false);
        attempt.pending = connecting.channel();
        connecting.addListener(_ -> {
            attempt.pending = null;
            done.accept(connecting.isSuccess() ? (DuplexChannel) connecting.channel() : null, connecting.cause());
        });
    }

    /** Whether it failed here, and not at the application. */
    private static boolean isLocal(Throwable failure) {
        return SocketFactory.isTaken(failure) || !(failure instanceof ConnectException);
    }
}
