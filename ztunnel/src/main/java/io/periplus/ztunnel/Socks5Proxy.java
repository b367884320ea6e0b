package io.periplus.ztunnel;

import io.netty.channel.Channel;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.Future;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.net.SocketFactory;
import io.periplus.ztunnel.dns.ClientResolver;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Port 15080 of one pod, on its loopback: outgoing connections of applications that ask for them, by address or by name. */
final class Socks5Proxy {
    private static final Logger LOG = LoggerFactory.getLogger(Socks5Proxy.class);

    private final Node node;
    private final LocalWorkload local;
    private final OutboundProxy outbound;
    private final SocketFactory sockets;
    private final ClientResolver names;

    Socks5Proxy(Node node, LocalWorkload local, OutboundProxy outbound, SocketFactory sockets) {
        this.node = node;
        this.local = local;
        this.outbound = outbound;
        this.sockets = sockets;
        this.names = new ClientResolver(node.index(), node.dns(), node.names().addresses());
    }

    /** The path of a connection: handshake → name, if one is asked for → the same as a redirected one. */
    void accept(Channel client) {
        sockets.keepAlive(client);
        client.pipeline().addLast("socks5", new Socks5Handshake(this::connect));
    }

    private void connect(SocketChannel client, @Nullable IpAddress address, String name, int port) {
        if (address != null) {
            begin(client, address, port);
            return;
        }
        switch (Authority.parse(name + ":" + port)) {
            case Authority.Ip(IpAddress literal, int _) -> begin(client, literal, port);
            case Authority.Host(String host, int _) -> resolve(client, host, port);
            case null -> Socks5Handshake.refuse(client, Socks5Handshake.FAILED);
        }
    }

    private void resolve(SocketChannel client, String host, int port) {
        LocalWorkload.on(client.eventLoop(), local.await(), (workload, failure) -> {
            if (workload == null) {
                Socks5Handshake.refuse(client, Socks5Handshake.FAILED);
                return;
            }
            Future<IpAddress> resolving = names.resolve(client.eventLoop(), workload, host);
            resolving.addListener(_ -> {
                if (resolving.isSuccess()) {
                    begin(client, resolving.getNow(), port);
                } else {
                    LOG.debug("{}: {}", client, resolving.cause().toString());
                    Socks5Handshake.refuse(client, Socks5Handshake.HOST_UNREACHABLE);
                }
            });
        });
    }

    private void begin(SocketChannel client, IpAddress address, int port) {
        outbound.begin(client, new InetSocketAddress(address.toInetAddress(), port), Socks5Handshake.GREETING);
    }
}
