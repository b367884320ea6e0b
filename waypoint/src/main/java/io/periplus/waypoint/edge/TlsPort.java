package io.periplus.waypoint.edge;

import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.periplus.waypoint.exchange.ClientConnection;
import io.periplus.waypoint.tunnel.ClientHello;
import io.periplus.waypoint.tunnel.HelloPeek;
import io.periplus.waypoint.tunnel.TcpExchange;
import io.periplus.wire.waypoint.Listener;
import io.periplus.wire.waypoint.ListenerProtocol;
import io.periplus.wire.workload.AppProtocol;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A port whose listeners speak TLS. The server name that a client asks for chooses the listener, and with it whether TLS
 * ends here and what is inside. A client that none is there for is let go without an answer.
 */
final class TlsPort implements PortPlan {
    private static final Logger LOG = LoggerFactory.getLogger(TlsPort.class);

    private final EdgeContext context;
    private final int port;
    private final Map<TlsListener.Key, TlsListener> listeners;
    private final ServerNames<TlsListener> byName;

    private TlsPort(EdgeContext context, int port, Map<TlsListener.Key, TlsListener> listeners) {
        this.context = context;
        this.port = port;
        this.listeners = listeners;
        Map<String, TlsListener> names = new HashMap<>();
        listeners.forEach((key, listener) -> names.put(key.hostname(), listener));
        this.byName = ServerNames.of(names);
    }

    /** @param before the plan that is replaced; null if there was none */
    static TlsPort of(EdgeContext context, int port, List<Listener> configs, @Nullable PortPlan before) {
        Map<TlsListener.Key, TlsListener> known = before instanceof TlsPort same ? same.listeners : Map.of();
        Map<TlsListener.Key, TlsListener> listeners = new LinkedHashMap<>();
        for (Listener config : configs) {
            TlsListener.Key key = TlsListener.keyOf(config);
            listeners.put(key, TlsListener.of(config, known.get(key)));
        }
        return new TlsPort(context, port, listeners);
    }

    @Override
    public void accept(Channel connection) {
        connection.pipeline().addLast(new HelloPeek(this::peeked));
    }

    @Override
    public Map<?, OpenConnections> connections() {
        Map<TlsListener.Key, OpenConnections> open = new HashMap<>();
        listeners.forEach((key, listener) -> open.put(key, listener.open()));
        return open;
    }

    @Override
    public Arrival arrival(InetSocketAddress remote, InetSocketAddress local, boolean tls, String serverName) {
        TlsListener listener = tls ? byName.find(serverName) : null;
        if (listener == null) {
            return new Arrival.Refused(
                    tls
                            ? "no listener of port " + port + " is there for the server name \"" + serverName + "\""
                            : "the listeners of port " + port + " speak TLS");
        }
        if (listener.config().getTls().getPassthrough()) {
            return new Arrival.Bytes(
                    context.client(remote, local, port, AppProtocol.TLS, false, serverName), serverName);
        }
        if (listener.tls() == null) {
            return new Arrival.Refused(
                    "listener " + listener.config().getName() + " has no certificate that could be used");
        }
        boolean http = listener.config().getProtocol() == ListenerProtocol.LISTENER_HTTPS;
        ClientConnection client =
                context.client(remote, local, port, http ? AppProtocol.HTTP11 : AppProtocol.TCP, true, serverName);
        return http
                ? new Arrival.Requests(
                        client, context.rules().of(client.attributes().source().toString(), true, null))
                : new Arrival.Bytes(client, serverName);
    }

    private void peeked(Channel connection, @Nullable ClientHello hello) {
        TlsListener listener = hello == null ? null : byName.find(hello.serverName());
        if (hello == null || listener == null) {
            LOG.debug("port {}: {} is let go: no listener for {}", port, connection.remoteAddress(), hello);
            connection.close();
            return;
        }
        listener.open().add(connection);
        ServerTls tls = listener.tls();
        if (listener.config().getTls().getPassthrough()) {
            TcpExchange.begin(
                    context.services(connection),
                    context.client(connection, port, AppProtocol.TLS, false, hello.serverName()),
                    (DuplexChannel) connection);
        } else if (tls == null) {
            connection.close();
        } else {
            SslHandler ssl = tls.newHandler(hello, connection.alloc());
            ssl.setHandshakeTimeoutMillis(TlsTermination.HANDSHAKE_MS);
            connection
                    .pipeline()
                    .addLast(ssl, new TlsTermination(context, port, listener, tls.clients(), ssl, hello.serverName()));
        }
    }
}
