package io.periplus.dataplane.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.periplus.linux.NetworkNamespace;
import io.periplus.linux.ThreadNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes epoll sockets in one network namespace: our own, or that of a pod. A socket stays in the namespace it was
 * created in, whichever loop uses it. All are marked, without Nagle's delay, and support half-close.
 */
public final class SocketFactory implements Connector {
    private static final int SOL_SOCKET = 1;
    private static final int SO_MARK = 36;
    private static final ChannelOption<Integer> MARK = new IntegerUnixChannelOption("SO_MARK", SOL_SOCKET, SO_MARK);
    /** Connections that wait for accept: a burst while a loop is busy for some milliseconds. What finds no room waits a second. */
    private static final int BACKLOG = 1024;

    private static final int ANY_PORT = 0;
    private static final int EADDRINUSE = 98;
    private static final int EADDRNOTAVAIL = 99;

    private final @Nullable NetworkNamespace namespace;
    private final SocketSettings settings;

    private SocketFactory(@Nullable NetworkNamespace namespace, SocketSettings settings) {
        this.namespace = namespace;
        this.settings = settings;
    }

    /** Sockets in the process's own namespace. */
    public static SocketFactory own(SocketSettings settings) {
        return new SocketFactory(null, settings);
    }

    /** Sockets inside {@code namespace}, which has to stay open as long as the factory is used. */
    public static SocketFactory in(NetworkNamespace namespace, SocketSettings settings) {
        return new SocketFactory(namespace, settings);
    }

    /**
     * Connects from this factory's namespace. A given source address need not be one of the namespace's own:
     * {@code IP_TRANSPARENT} is set for it, which also permits binding it.
     */
    @Override
    public ChannelFuture connect(
            EventLoop loop, InetSocketAddress destination, @Nullable InetAddress source, ChannelHandler initializer) {
        return connectFrom(
                loop, destination, source == null ? null : new InetSocketAddress(source, ANY_PORT), initializer);
    }

    /**
     * The same from a certain port, which sockets to other destinations may share. Fails as {@link #isTaken} says if it cannot
     * be had for this destination.
     */
    public ChannelFuture connectFrom(
            EventLoop loop,
            InetSocketAddress destination,
            @Nullable InetSocketAddress source,
            ChannelHandler initializer) {
        SocketProtocolFamily family = family(destination.getAddress());
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channelFactory(() -> inside(() -> new EpollSocketChannel(family)))
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        settings.connectTimeout().toMillis())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .handler(initializer);
        if (settings.mark() != 0) {
            bootstrap.option(MARK, settings.mark());
        }
        if (settings.keepalive()) {
            bootstrap
                    .option(ChannelOption.SO_KEEPALIVE, true)
                    .option(EpollChannelOption.TCP_KEEPIDLE, (int)
                            settings.keepaliveIdle().toSeconds())
                    .option(EpollChannelOption.TCP_KEEPINTVL, (int)
                            settings.keepaliveInterval().toSeconds())
                    .option(EpollChannelOption.TCP_KEEPCNT, settings.keepaliveProbes());
        }
        if (settings.userTimeout()) {
            bootstrap.option(EpollChannelOption.TCP_USER_TIMEOUT, (int)
                    settings.patience().toMillis());
        }
        if (source == null) {
            return onLoop(loop, bootstrap.connect(destination));
        }
        bootstrap.option(EpollChannelOption.IP_TRANSPARENT, true);
        // Without a port given, it is chosen when the destination is known. Otherwise one that any closed connection of
        // this address still holds (TIME_WAIT, a minute) is not free, and with some ten thousand of these the search
        // for another is all there is.
        bootstrap.option(EpollChannelOption.IP_BIND_ADDRESS_NO_PORT, true);
        bootstrap.option(ChannelOption.SO_REUSEADDR, source.getPort() != ANY_PORT);
        return onLoop(loop, bootstrap.connect(destination, source));
    }

    /**
     * Whether a connection failed because its own address, or all or the one of its ports, is not to be had, and nothing was
     * sent.
     */
    public static boolean isTaken(Throwable failure) {
        // Netty tells the cause of a failed connect by its message alone.
        return failure instanceof BindException
                || failure instanceof Errors.NativeIoException bind && bind.expectedErr() == -EADDRINUSE
                || failure instanceof ConnectException
                        && Objects.requireNonNullElse(failure.getMessage(), "")
                                .contains("error(-" + EADDRNOTAVAIL + ")");
    }

    /** A socket that could not even be made, for want of descriptors, belongs to no loop, and would tell on any thread. */
    private static ChannelFuture onLoop(EventLoop loop, ChannelFuture opening) {
        return opening.isDone() && !opening.isSuccess()
                ? new DefaultChannelPromise(opening.channel(), loop).setFailure(opening.cause())
                : opening;
    }

    /**
     * Listens on {@code loop}, on which accepted connections stay. Several listeners may share an address
     * ({@code SO_REUSEPORT}): one per loop, and those of an old and a new process during an upgrade.
     *
     * @param transparent whether replies to redirected clients may come from foreign addresses
     * @param initializer for every accepted connection
     */
    public ChannelFuture listen(
            EventLoop loop, InetSocketAddress address, boolean transparent, ChannelHandler initializer) {
        SocketProtocolFamily family = family(address.getAddress());
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loop)
                .channelFactory(() -> inside(() -> new EpollServerSocketChannel(family)))
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(EpollChannelOption.SO_REUSEPORT, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(initializer);
        if (settings.mark() != 0) {
            bootstrap.option(MARK, settings.mark());
        }
        if (transparent) {
            bootstrap.option(EpollChannelOption.IP_TRANSPARENT, true);
        }
        return bootstrap.bind(address);
    }

    /**
     * A UDP socket that hears and speaks to one server only.
     *
     * @param bytesMax what is longer is cut off
     */
    public ChannelFuture connectDatagrams(
            EventLoop loop, InetSocketAddress server, int bytesMax, ChannelHandler handler) {
        return onLoop(loop, datagrams(loop, server, bytesMax, handler).connect(server));
    }

    /** A UDP socket for whoever sends to {@code address}, which several may share as {@link #listen} says. */
    public ChannelFuture bindDatagrams(
            EventLoop loop, InetSocketAddress address, int bytesMax, ChannelHandler handler) {
        return datagrams(loop, address, bytesMax, handler)
                .option(EpollChannelOption.SO_REUSEPORT, true)
                .bind(address);
    }

    private Bootstrap datagrams(EventLoop loop, InetSocketAddress of, int bytesMax, ChannelHandler handler) {
        SocketProtocolFamily family = family(of.getAddress());
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channelFactory(() -> inside(() -> new EpollDatagramChannel(family)))
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(bytesMax))
                .handler(handler);
        if (settings.mark() != 0) {
            bootstrap.option(MARK, settings.mark());
        }
        return bootstrap;
    }

    /** Turns on keepalive for an accepted connection. */
    public void keepAlive(Channel accepted) {
        if (settings.keepalive()) {
            accepted.config().setOption(ChannelOption.SO_KEEPALIVE, true);
            accepted.config().setOption(EpollChannelOption.TCP_KEEPIDLE, (int)
                    settings.keepaliveIdle().toSeconds());
            accepted.config().setOption(EpollChannelOption.TCP_KEEPINTVL, (int)
                    settings.keepaliveInterval().toSeconds());
            accepted.config().setOption(EpollChannelOption.TCP_KEEPCNT, settings.keepaliveProbes());
        }
        if (settings.userTimeout()) {
            accepted.config().setOption(EpollChannelOption.TCP_USER_TIMEOUT, (int)
                    settings.patience().toMillis());
        }
    }

    private <C> C inside(Supplier<C> creation) {
        NetworkNamespace place = namespace;
        if (place == null) {
            return creation.get();
        }
        try {
            return ThreadNamespace.call(place, creation);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create a socket in network namespace " + place, e);
        }
    }

    private static SocketProtocolFamily family(InetAddress address) {
        return address instanceof Inet4Address ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6;
    }

    @Override
    public String toString() {
        return namespace == null ? "own namespace" : namespace.toString();
    }
}
