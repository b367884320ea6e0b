package io.periplus.waypoint.tunnel;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.periplus.dataplane.net.Held;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client that stays silent may be waiting for the server to speak first, as in MySQL's or SMTP's protocol, or may just
 * keep a connection ready for a later HTTP request. So an endpoint is connected to, and whoever speaks first decides.
 *
 * <pre>
 * LISTENING --server speaks--> TCP
 *           --client speaks TCP--> TCP, with what the endpoint may already have said
 *           --client speaks HTTP--> over: HTTP chooses an endpoint for each request
 *           --endpoint ends--> the client's connection ends, as it would have without a waypoint
 * </pre>
 */
final class ServerFirst implements TcpExchange.Outcome {
    /** How long a client whose TCP is refused may still turn out to speak HTTP, which policies judge differently. */
    private static final int REFUSED_MS = 10_000;

    private final TcpExchange exchange;
    private final DuplexChannel downstream;
    private final Runnable onServer;
    private @Nullable DuplexChannel upstream;
    private boolean refused;
    private boolean tcp;
    private boolean over;

    /** @param onServer called when the server speaks first; has to lead to {@link #passBytes} */
    ServerFirst(TcpExchange exchange, DuplexChannel downstream, Runnable onServer) {
        this.exchange = exchange;
        this.downstream = downstream;
        this.onServer = onServer;
    }

    void listen() {
        exchange.open(this);
    }

    @Override
    public void connected(DuplexChannel endpoint) {
        if (over) {
            exchange.abandon(endpoint);
        } else if (tcp) {
            exchange.join(endpoint);
        } else {
            upstream = endpoint;
            endpoint.pipeline().addLast(new Listener());
            endpoint.config().setAutoRead(true);
        }
    }

    @Override
    public void refused() {
        refused = true;
        if (tcp) {
            exchange.refuse();
            return;
        }
        downstream
                .eventLoop()
                .schedule(
                        () -> {
                            if (!over && downstream.isActive()) {
                                exchange.refuse();
                            }
                        },
                        REFUSED_MS,
                        TimeUnit.MILLISECONDS);
    }

    /** It is TCP: takes over the client's channel; what it sends meanwhile is kept. */
    void passBytes() {
        tcp = true;
        Held.hold(downstream);
        DuplexChannel endpoint = upstream;
        if (endpoint != null) {
            endpoint.pipeline().remove(Listener.class);
            exchange.join(endpoint);
        } else if (refused) {
            exchange.refuse();
        }
    }

    /** It is HTTP, or the client has left. */
    void forget() {
        over = true;
        DuplexChannel endpoint = upstream;
        if (endpoint != null) {
            exchange.abandon(endpoint);
        }
    }

    /** Waits for the endpoint's first bytes. */
    private final class Listener extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            Held.hold(context.channel());
            context.fireChannelRead(bytes);
            onServer.run();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event == ChannelInputShutdownEvent.INSTANCE && !tcp) {
                end();
            } else {
                context.fireUserEventTriggered(event);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (!tcp) {
                end();
            }
            context.fireChannelInactive();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }

        private void end() {
            if (!over) {
                forget();
                downstream.close();
            }
        }
    }
}
