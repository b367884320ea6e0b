package io.periplus.waypoint.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.NetUtil;
import io.periplus.wire.waypoint.ProxyProtocol;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** The first bytes of a connection that tells its server who is behind the proxy (PROXY protocol, versions 1 and 2). */
final class ProxyHeader {
    private static final byte[] SIGNATURE = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};
    private static final int VERSION_2_LOCAL = 0x20;
    private static final int VERSION_2_PROXY = 0x21;
    private static final int STREAM_IPV4 = 0x11;
    private static final int STREAM_IPV6 = 0x21;
    private static final int PORTS_BYTES = 4;

    private ProxyHeader() {}

    /** The header; addresses that are unknown or of different families are told as unknown. */
    static ByteBuf of(
            ProxyProtocol version,
            ByteBufAllocator allocator,
            @Nullable InetSocketAddress client,
            @Nullable InetSocketAddress addressed) {
        boolean v1 = version == ProxyProtocol.PROXY_V1;
        if (client == null || addressed == null || !sameFamily(client, addressed)) {
            return v1
                    ? ByteBufUtil.writeAscii(allocator, "PROXY UNKNOWN\r\n")
                    : signed(allocator).writeByte(VERSION_2_LOCAL).writeByte(0).writeShort(0);
        }
        return v1
                ? ByteBufUtil.writeAscii(allocator, text(client, addressed))
                : binary(signed(allocator), client, addressed);
    }

    private static ByteBuf signed(ByteBufAllocator allocator) {
        return allocator.buffer().writeBytes(SIGNATURE);
    }

    private static boolean sameFamily(InetSocketAddress a, InetSocketAddress b) {
        return a.getAddress() instanceof Inet4Address == b.getAddress() instanceof Inet4Address;
    }

    private static String text(InetSocketAddress client, InetSocketAddress addressed) {
        return "PROXY %s %s %s %d %d\r\n"
                .formatted(
                        client.getAddress() instanceof Inet4Address ? "TCP4" : "TCP6",
                        NetUtil.toAddressString(client.getAddress()),
                        NetUtil.toAddressString(addressed.getAddress()),
                        client.getPort(),
                        addressed.getPort());
    }

    private static ByteBuf binary(ByteBuf header, InetSocketAddress client, InetSocketAddress addressed) {
        InetAddress source = client.getAddress();
        byte[] from = source.getAddress();
        byte[] to = addressed.getAddress().getAddress();
        return header.writeByte(VERSION_2_PROXY)
                .writeByte(source instanceof Inet4Address ? STREAM_IPV4 : STREAM_IPV6)
                .writeShort(from.length + to.length + PORTS_BYTES)
                .writeBytes(from)
                .writeBytes(to)
                .writeShort(client.getPort())
                .writeShort(addressed.getPort());
    }
}
