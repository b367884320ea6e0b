package io.periplus.ztunnel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.periplus.api.SpiffeId;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * The first bytes to an application that asked for them: whom a connection is from and what it was addressed to (PROXY
 * protocol, version 2), with the client's proved identity as an element of its own.
 */
final class ProxyHeader {
    private static final byte[] SIGNATURE = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};
    private static final int VERSION_2_PROXY = 0x21;
    private static final int STREAM_IPV4 = 0x11;
    private static final int STREAM_IPV6 = 0x21;
    private static final int PORTS_BYTES = 4;
    private static final int ELEMENT_HEADER_BYTES = 3;
    /** The type of the element that carries the SPIFFE id, by agreement of ambient meshes. */
    private static final int IDENTITY = 0xd0;

    private static final int IPV4_MAPPED_AT = 10;

    private ProxyHeader() {}

    static ByteBuf of(
            ByteBufAllocator allocator, InetSocketAddress client, InetSocketAddress addressed, SpiffeId identity) {
        boolean ipv4 = client.getAddress() instanceof Inet4Address && addressed.getAddress() instanceof Inet4Address;
        byte[] from = bytes(client.getAddress(), ipv4);
        byte[] to = bytes(addressed.getAddress(), ipv4);
        byte[] spiffe = identity.toString().getBytes(StandardCharsets.US_ASCII);
        return allocator
                .buffer()
                .writeBytes(SIGNATURE)
                .writeByte(VERSION_2_PROXY)
                .writeByte(ipv4 ? STREAM_IPV4 : STREAM_IPV6)
                .writeShort(from.length + to.length + PORTS_BYTES + ELEMENT_HEADER_BYTES + spiffe.length)
                .writeBytes(from)
                .writeBytes(to)
                .writeShort(client.getPort())
                .writeShort(addressed.getPort())
                .writeByte(IDENTITY)
                .writeShort(spiffe.length)
                .writeBytes(spiffe);
    }

    /** Addresses of different families are both told as IPv6, the IPv4 one mapped (RFC 4291 §2.5.5.2). */
    private static byte[] bytes(InetAddress address, boolean ipv4) {
        byte[] raw = address.getAddress();
        if (ipv4 || raw.length == 16) {
            return raw;
        }
        byte[] mapped = new byte[16];
        mapped[IPV4_MAPPED_AT] = (byte) 0xff;
        mapped[IPV4_MAPPED_AT + 1] = (byte) 0xff;
        System.arraycopy(raw, 0, mapped, 12, raw.length);
        return mapped;
    }
}
