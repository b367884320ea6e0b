package io.periplus.waypoint.upstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.periplus.dataplane.tls.TlsFailures;
import io.periplus.waypoint.upstream.tls.TlsOrigination;
import io.periplus.wire.waypoint.ProxyProtocol;
import javax.net.ssl.SSLException;

/** What an application wants on a connection before its own protocol: the client's address, then TLS. */
final class ApplicationLayer {
    private ApplicationLayer() {}

    static boolean isNeeded(Dial dial) {
        return dial.settings().tls() != null || dial.settings().proxyProtocol() != ProxyProtocol.NO_PROXY_PROTOCOL;
    }

    /** The connection, once the application has agreed; a failed handshake fails it. */
    static Future<Channel> on(Future<Channel> opened, Dial dial, EventLoop loop) {
        Promise<Channel> promise = loop.newPromise();
        opened.addListener((Future<Channel> connected) -> {
            if (connected.isSuccess()) {
                begin(connected.getNow(), dial, promise);
            } else {
                promise.tryFailure(connected.cause());
            }
        });
        return promise;
    }

    private static void begin(Channel channel, Dial dial, Promise<Channel> promise) {
        ProxyProtocol announced = dial.settings().proxyProtocol();
        if (announced != ProxyProtocol.NO_PROXY_PROTOCOL) {
            channel.writeAndFlush(ProxyHeader.of(
                    announced, channel.alloc(), dial.key().client(), dial.key().addressed()));
        }
        TlsOrigination tls = dial.settings().tls();
        if (tls == null) {
            promise.trySuccess(channel);
            return;
        }
        try {
            handshake(
                    channel,
                    tls.newHandler(
                            channel.alloc(),
                            dial.key().serverName(),
                            dial.backend().address().getPort(),
                            dial.inside()),
                    dial,
                    promise);
        } catch (SSLException unusable) {
            channel.close();
            promise.tryFailure(unusable);
        }
    }

    private static void handshake(Channel channel, SslHandler ssl, Dial dial, Promise<Channel> promise) {
        ssl.setHandshakeTimeoutMillis(dial.sockets().connectTimeout().toMillis());
        Failures failures = new Failures();
        ssl.handshakeFuture().addListener((Future<Channel> done) -> {
            if (!done.isSuccess()) {
                channel.close();
                promise.tryFailure(new SSLException(
                        "TLS with " + dial.backend() + " failed: " + TlsFailures.describe(done.cause()), done.cause()));
                return;
            }
            channel.config().setAutoRead(false);
            channel.pipeline().remove(failures);
            if (!promise.trySuccess(channel)) {
                channel.close();
            }
        });
        channel.pipeline().addLast(ssl, failures);
        channel.config().setAutoRead(true);
    }

    /** Errors of the handshake repeat what its future says. */
    private static final class Failures extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
