package io.periplus.ztunnel;

import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.periplus.dataplane.net.CloseOnError;
import io.periplus.dataplane.net.SocketFactory;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects to a pod's applications, from the client's own address where that is possible. */
final class AppConnector {
    private static final Logger LOG = LoggerFactory.getLogger(AppConnector.class);

    private final SocketFactory sockets;
    private final Features.OriginalSource originalSource;

    AppConnector(SocketFactory sockets, Features.OriginalSource originalSource) {
        this.sockets = sockets;
        this.originalSource = originalSource;
    }

    /**
     * Connects to {@code app}. As a rule, where the client's address cannot be used, the pod's own is, with a warning: a working
     * connection is worth more than the right address on it.
     *
     * @param client whose address the application should see; {@code null} for the kernel's choice
     * @param done called on {@code loop} with the connection, which does not read yet, or with why there is none
     */
    void connect(
            EventLoop loop,
            InetSocketAddress app,
            @Nullable InetAddress client,
            BiConsumer<@Nullable DuplexChannel, @Nullable Throwable> done) {
        // A pod that calls itself would be answered by itself: source and destination must differ.
        boolean preserve = originalSource != Features.OriginalSource.NEVER
                && client != null
                && !client.equals(app.getAddress())
                && client instanceof Inet4Address == app.getAddress() instanceof Inet4Address;
        ChannelFuture connecting = open(loop, app, preserve ? client : null);
        connecting.addListener(_ -> {
            if (connecting.isSuccess()) {
                done.accept((DuplexChannel) connecting.channel(), null);
            } else if (preserve
                    && originalSource == Features.OriginalSource.IF_POSSIBLE
                    && isLocal(connecting.cause())) {
                LOG.warn(
                        "cannot connect to {} from {}: {}; connecting from the pod's own address",
                        app,
                        client,
                        connecting.cause().getMessage());
                ChannelFuture plain = open(loop, app, null);
                plain.addListener(
                        _ -> done.accept(plain.isSuccess() ? (DuplexChannel) plain.channel() : null, plain.cause()));
            } else {
                done.accept(null, connecting.cause());
            }
        });
    }

    private ChannelFuture open(EventLoop loop, InetSocketAddress app, @Nullable InetAddress source) {
        ChannelFuture connecting = sockets.connect(loop, app, source, CloseOnError.HANDLER);
        connecting.channel().config().setAutoRead(false);
        return connecting;
    }

    /** Whether binding failed, and not the application. */
    private static boolean isLocal(Throwable failure) {
        return !(failure instanceof ConnectException);
    }
}
