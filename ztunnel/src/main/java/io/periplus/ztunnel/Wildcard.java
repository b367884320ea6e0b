package io.periplus.ztunnel;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.periplus.dataplane.net.SocketFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** Listening on all addresses of a namespace. */
final class Wildcard {
    /** The wildcard of both families; IPv4 peers of such a socket show as IPv4. */
    private static final byte[] IPV6 = new byte[16];

    private static final byte[] IPV4 = new byte[4];

    private Wildcard() {}

    /**
     * Listens as {@link SocketFactory#listen} does, on both families or, where there is no IPv6, on IPv4 alone.
     *
     * @param ipv6 whether IPv6 is wanted
     * @return done, with or without success
     */
    static ChannelFuture listen(
            SocketFactory sockets,
            EventLoop loop,
            int port,
            boolean ipv6,
            boolean transparent,
            ChannelHandler initializer) {
        ChannelFuture binding = sockets.listen(loop, any(ipv6 ? IPV6 : IPV4, port), transparent, initializer)
                .awaitUninterruptibly();
        return binding.isSuccess() || !ipv6
                ? binding
                : sockets.listen(loop, any(IPV4, port), transparent, initializer)
                        .awaitUninterruptibly();
    }

    private static InetSocketAddress any(byte[] address, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(address), port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of %d bytes".formatted(address.length), e);
        }
    }
}
