package io.periplus.dataplane.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the kernel is told of sockets. */
class SocketOptionsTest {
    private final EventLoopGroup loops = EpollLoops.newGroup("options", 1);

    @AfterEach
    void close() {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @Test
    void connectionsThatAreOpenedAreProbedAndThoseThatAreAcceptedWhenSomebodySaysSo() throws Exception {
        SocketSettings settings = new SocketSettings(
                0, true, Duration.ofSeconds(60), Duration.ofSeconds(10), 3, true, Duration.ofSeconds(5));
        Pair pair = connected(settings);

        assertProbed(pair.opened, 60, 10, 3);
        assertThat(pair.opened.config().getOption(EpollChannelOption.TCP_USER_TIMEOUT))
                .isEqualTo(90_000);
        assertThat(pair.accepted.config().getOption(ChannelOption.SO_KEEPALIVE))
                .as("as accepted, which is how port 15008 leaves it")
                .isFalse();
        assertThat(pair.accepted.config().getOption(EpollChannelOption.TCP_USER_TIMEOUT))
                .isZero();

        SocketFactory.own(settings).keepAlive(pair.accepted);

        assertProbed(pair.accepted, 60, 10, 3);
        assertThat(pair.accepted.config().getOption(EpollChannelOption.TCP_USER_TIMEOUT))
                .isEqualTo(90_000);
    }

    @Test
    void byDefaultTheyAreProbedAsUpstreamsAndThereIsNoUserTimeout() throws Exception {
        Pair pair = connected(SocketSettings.PLAIN);

        assertProbed(pair.opened, 180, 180, 9);
        assertThat(pair.opened.config().getOption(EpollChannelOption.TCP_USER_TIMEOUT))
                .isZero();
        assertThat(pair.opened.config().getOption(ChannelOption.TCP_NODELAY)).isTrue();
        assertThat(pair.accepted.config().getOption(ChannelOption.TCP_NODELAY)).isTrue();
    }

    private static void assertProbed(Channel channel, int idle, int interval, int probes) {
        assertThat(channel.config().getOption(ChannelOption.SO_KEEPALIVE)).isTrue();
        assertThat(channel.config().getOption(EpollChannelOption.TCP_KEEPIDLE)).isEqualTo(idle);
        assertThat(channel.config().getOption(EpollChannelOption.TCP_KEEPINTVL)).isEqualTo(interval);
        assertThat(channel.config().getOption(EpollChannelOption.TCP_KEEPCNT)).isEqualTo(probes);
    }

    private record Pair(Channel opened, Channel accepted) {}

    private Pair connected(SocketSettings settings) throws Exception {
        SocketFactory sockets = SocketFactory.own(settings);
        EventLoop loop = loops.next();
        CompletableFuture<Channel> accepted = new CompletableFuture<>();
        Channel listener = sockets.listen(
                        loop,
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        false,
                        new ChannelInitializer<>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                accepted.complete(channel);
                            }
                        })
                .sync()
                .channel();
        Channel opened = sockets.connect(loop, (InetSocketAddress) listener.localAddress(), null, CloseOnError.HANDLER)
                .sync()
                .channel();
        return new Pair(opened, accepted.get(5, TimeUnit.SECONDS));
    }
}
