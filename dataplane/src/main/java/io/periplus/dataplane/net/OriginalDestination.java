package io.periplus.dataplane.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Where a redirected connection was going before REDIRECT: {@code SO_ORIGINAL_DST}, or its IPv6 form. */
public final class OriginalDestination {
    private static final int SOL_IP = 0;
    private static final int SOL_IPV6 = 41;
    private static final int SO_ORIGINAL_DST = 80;
    private static final int PORT_OFFSET = 2;
    private static final int SOCKADDR_IN = 16;
    private static final int SOCKADDR_IN_ADDRESS = 4;
    private static final int SOCKADDR_IN6 = 28;
    private static final int SOCKADDR_IN6_ADDRESS = 8;

    private static final ChannelOption<ByteBuffer> IPV4 =
            new RawUnixChannelOption("SO_ORIGINAL_DST", SOL_IP, SO_ORIGINAL_DST, SOCKADDR_IN);
    private static final ChannelOption<ByteBuffer> IPV6 =
            new RawUnixChannelOption("IP6T_SO_ORIGINAL_DST", SOL_IPV6, SO_ORIGINAL_DST, SOCKADDR_IN6);

    private OriginalDestination() {}

    /** The original destination of an accepted connection; its local address when it was not redirected. */
    public static InetSocketAddress of(Channel accepted) {
        InetSocketAddress v4 = read(accepted, IPV4, SOCKADDR_IN_ADDRESS, 4);
        if (v4 != null) {
            return v4;
        }
        InetSocketAddress v6 = read(accepted, IPV6, SOCKADDR_IN6_ADDRESS, 16);
        return v6 != null ? v6 : (InetSocketAddress) accepted.localAddress();
    }

    private static @Nullable InetSocketAddress read(
            Channel accepted, ChannelOption<ByteBuffer> option, int addressOffset, int addressLength) {
        try {
            ByteBuffer sockaddr = accepted.config().getOption(option);
            if (sockaddr == null) {
                return null;
            }
            byte[] address = new byte[addressLength];
            sockaddr.get(addressOffset, address);
            int port = (sockaddr.get(PORT_OFFSET) & 0xff) << 8 | sockaddr.get(PORT_OFFSET + 1) & 0xff;
            return new InetSocketAddress(InetAddress.getByAddress(address), port);
        } catch (io.netty.channel.ChannelException _) {
            // Not redirected, or of the other family.
            return null;
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of %d bytes".formatted(addressLength), e);
        }
    }
}
