package io.periplus.dataplane.hbone;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.AttributeMap;
import io.periplus.api.SpiffeId;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client's CONNECT that waits for its answer. Belongs to one event loop; answered at most once, further answers are
 * ignored. If the client gives up first, {@link #isCancelled()} turns true and an answer has no effect.
 */
public final class HboneRequest {
    private final ServerSession session;
    private final Http2Stream stream;
    private final Http2Headers headers;
    private final SpiffeId peer;
    private final TunnelChannel tunnel;
    private boolean answered;

    HboneRequest(ServerSession session, Http2Stream stream, Http2Headers headers, SpiffeId peer, TunnelChannel tunnel) {
        this.session = session;
        this.stream = stream;
        this.headers = headers;
        this.peer = peer;
        this.tunnel = tunnel;
    }

    /** {@code :authority} as sent: {@code ip:port}, {@code [ip]:port} or {@code host:port}; not validated. */
    public String authority() {
        return headers.authority().toString();
    }

    /** All header fields, pseudo-headers included. */
    public Http2Headers headers() {
        return headers;
    }

    /** A header's first value, {@code null} if absent. */
    public @Nullable String header(String name) {
        CharSequence value = headers.get(name);
        return value == null ? null : value.toString();
    }

    /** The client's identity, from its verified certificate. */
    public SpiffeId peer() {
        return peer;
    }

    /** The client's end of the TCP connection. */
    public InetSocketAddress remoteAddress() {
        return (InetSocketAddress) session.channel().remoteAddress();
    }

    /** This server's end of the TCP connection. */
    public InetSocketAddress localAddress() {
        return (InetSocketAddress) session.channel().localAddress();
    }

    /** What is kept with the connection that carries this request; to be used on its event loop. */
    public AttributeMap ofConnection() {
        return session.channel();
    }

    /** The loop that the connection and all its tunnels live on. */
    public EventLoop eventLoop() {
        return session.channel().eventLoop();
    }

    /** Whether the client has given up. */
    public boolean isCancelled() {
        return !tunnel.isOpen() || !session.channel().isActive();
    }

    /** Has {@code action} run, on the event loop, if the client gives up before it is answered; at once if it has. */
    public void onCancelled(Runnable action) {
        if (isCancelled()) {
            action.run();
        } else {
            tunnel.onUnansweredEnd(action);
        }
    }

    /** Answers 200; see {@link #accept(Map, Consumer)}. */
    public void accept(Consumer<Channel> initializer) {
        accept(Map.of(), initializer);
    }

    /**
     * Answers 200 with more header fields, and opens the tunnel.
     *
     * @param initializer is given the tunnel before it becomes active: install handlers here. Reading starts after it
     *     unless it turns auto-read off
     */
    public void accept(Map<String, String> fields, Consumer<Channel> initializer) {
        if (answered || isCancelled()) {
            return;
        }
        answered = true;
        Http2Headers answer = new DefaultHttp2Headers(false).status("200");
        fields.forEach(answer::add);
        session.writeHeaders(stream.id(), answer, false);
        tunnel.pipeline().addLast(new TunnelInitializer(initializer));
        eventLoop().register(tunnel);
        session.flushSoon();
    }

    /** Answers with an error status and ends the stream. */
    public void reject(int status) {
        if (answered || isCancelled()) {
            return;
        }
        answered = true;
        session.reject(stream, tunnel, status);
    }
}
