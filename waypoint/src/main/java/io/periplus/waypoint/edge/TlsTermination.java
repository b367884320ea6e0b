package io.periplus.waypoint.edge;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.periplus.waypoint.exchange.ClientConnection;
import io.periplus.waypoint.tunnel.ProtocolDetector;
import io.periplus.waypoint.tunnel.TcpExchange;
import io.periplus.wire.waypoint.ListenerProtocol;
import io.periplus.wire.workload.AppProtocol;
import java.security.cert.X509Certificate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for a handshake, goes on with what is inside, and ends the connection when the client ends its TLS: after a
 * {@code close_notify} the library sends nothing any more, so neither side could learn more.
 */
final class TlsTermination extends ChannelInboundHandlerAdapter {
    /** As long as upstream's gateways wait. */
    static final int HANDSHAKE_MS = 15_000;

    private static final Logger LOG = LoggerFactory.getLogger(TlsTermination.class);

    private final EdgeContext context;
    private final int port;
    private final TlsListener listener;
    private final ClientAuthentication clients;
    private final SslHandler ssl;
    private final String serverName;
    private boolean established;

    TlsTermination(
            EdgeContext context,
            int port,
            TlsListener listener,
            ClientAuthentication clients,
            SslHandler ssl,
            String serverName) {
        this.context = context;
        this.port = port;
        this.listener = listener;
        this.clients = clients;
        this.ssl = ssl;
        this.serverName = serverName;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        switch (event) {
            case SslHandshakeCompletionEvent handshake
            when handshake.isSuccess() -> {
                established = true;
                go(ctx.channel());
            }
            case SslHandshakeCompletionEvent failed -> {
                LOG.debug("port {}: {}: no TLS: {}", port, ctx.channel().remoteAddress(), failed.cause());
                ctx.close();
            }
            case SslCloseCompletionEvent closed -> ctx.close();
            case ChannelInputShutdownEvent ended when !established -> ctx.close();
            default -> ctx.fireUserEventTriggered(event);
        }
    }

    private void go(Channel channel) {
        boolean http = listener.config().getProtocol() == ListenerProtocol.LISTENER_HTTPS;
        ClientConnection client =
                context.client(channel, port, http ? AppProtocol.HTTP11 : AppProtocol.TCP, true, serverName);
        if (!http) {
            TcpExchange.begin(context.services(channel), client, (DuplexChannel) channel);
            return;
        }
        X509Certificate certificate = clients.verified(ssl.engine());
        HttpPaths paths = new HttpPaths(
                context.services(channel),
                client,
                context.rules()
                        .of(
                                client.attributes().source().toString(),
                                true,
                                certificate == null ? null : ForwardedCertificate.of(certificate)),
                listener.open().drain());
        switch (ssl.applicationProtocol()) {
            case ApplicationProtocolNames.HTTP_2 -> paths.http2(channel);
            case ApplicationProtocolNames.HTTP_1_1 -> paths.http1(channel);
            case null, default -> channel.pipeline().addLast(ProtocolDetector.declaredHttp(paths));
        }
    }

    /** Decoder errors repeat what the handshake event says; after it they are the end. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (established) {
            ctx.fireExceptionCaught(cause);
        } else {
            ctx.close();
        }
    }
}
