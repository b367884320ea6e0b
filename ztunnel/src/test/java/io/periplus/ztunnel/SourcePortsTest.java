package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.SocketChannel;
import io.periplus.dataplane.net.EpollLoops;
import io.periplus.dataplane.net.SocketFactory;
import io.periplus.dataplane.net.SocketSettings;
import io.periplus.wire.workload.TunnelProtocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client's address on a connection to an application, and the client's own connections beside it. */
@Timeout(60)
final class SourcePortsTest {
    private static final int PORT = 8080;
    private static final int FIRST = 20_000;
    private static final int PLAINTEXT = 15_006;

    private final PodNetwork network = new PodNetwork();
    private final EventLoopGroup loops = EpollLoops.newGroup("test", 1);
    private PodHost stock;
    private PodHost outside;
    private PodHost.EchoApp app;

    @BeforeEach
    void pods() throws IOException {
        stock = network.pod("stock", true);
        outside = network.pod("outside", false);
        app = stock.echo(PORT);
    }

    @AfterEach
    void close() throws IOException {
        app.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        network.close();
    }

    @Test
    void aClientInClearNeverMeetsItself() throws IOException {
        int kept = 100;
        int brief = 2_000;
        List<Socket> open = new ArrayList<>();
        try (TestNode node = new TestNode()) {
            node.publish(TestNode.workload(stock, TunnelProtocol.HBONE).build());
            node.serve(stock);
            for (int i = 0; i < kept; i++) {
                open.add(outside.connect(stock.address(), PORT));
            }
            for (int i = 0; i < brief; i++) {
                assertThat(outside.call(stock.address(), PORT, "ahoy")).isEqualTo("ahoy");
            }
            await().untilAsserted(() -> assertThat(app.open()).hasSize(kept));
            assertThat(app.open()).allSatisfy(socket -> {
                assertThat(socket.getInetAddress().getHostAddress()).isEqualTo(outside.address());
                assertThat(socket.getPort()).isBetween(SourcePorts.FIRST, SourcePorts.LAST);
            });
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    @Test
    void aPortThatAnotherApplicationListensOnIsPassedOver() throws Exception {
        try (var _ = stock.echo(FIRST);
                var _ = stock.echo(FIRST + 1)) {
            assertThat(source(connector())).isEqualTo(new InetSocketAddress(outside.address(), FIRST + 2));
        }
    }

    @Test
    void aPortThatAConnectionToTheSameApplicationHasIsPassedOver() throws Exception {
        assertThat(source(connector()).getPort()).isEqualTo(FIRST);
        assertThat(source(connector()).getPort()).isEqualTo(FIRST + 1);
    }

    @Test
    void aPortThatTheClientHasIsPassedOver() throws Exception {
        AppConnector connector = connector();
        SocketFactory sockets = SocketFactory.in(stock.namespace(), SocketSettings.IN_POD);
        CompletableFuture<SocketChannel> accepted = new CompletableFuture<>();
        Channel listener = sockets.listen(
                        loops.next(), new InetSocketAddress(PLAINTEXT), false, new ChannelInitializer<SocketChannel>() {
                            @Override
                            protected void initChannel(SocketChannel client) {
                                connector.avoid(client);
                                accepted.complete(client);
                            }
                        })
                .sync()
                .channel();
        try (Socket client = new Socket()) {
            outside.namespace().call(() -> {
                client.bind(new InetSocketAddress(outside.address(), FIRST));
                return client;
            });
            client.connect(new InetSocketAddress(stock.address(), PORT));
            accepted.get(10, TimeUnit.SECONDS);

            assertThat(source(connector).getPort()).isEqualTo(FIRST + 1);
        } finally {
            listener.close().sync();
            accepted.get(10, TimeUnit.SECONDS).close().sync();
        }
    }

    @Test
    void theKernelFindsOneWhereManyAreTaken() throws Exception {
        for (int i = 0; i < 4; i++) {
            assertThat(source(connector()).getPort()).isEqualTo(FIRST + i);
        }

        InetSocketAddress source = source(connector());

        assertThat(source.getHostString()).isEqualTo(outside.address());
        assertThat(source.getPort()).isGreaterThan(SourcePorts.LAST);
    }

    private AppConnector connector() {
        SocketFactory sockets = SocketFactory.in(stock.namespace(), SocketSettings.IN_POD);
        return new AppConnector(sockets, Features.OriginalSource.ALWAYS, new SourcePorts(FIRST));
    }

    /** What the application sees of a connection that stays open. */
    private InetSocketAddress source(AppConnector connector) throws Exception {
        CompletableFuture<DuplexChannel> opened = new CompletableFuture<>();
        var loop = loops.next();
        loop.execute(() -> connector.connect(
                loop,
                new InetSocketAddress(stock.address(), PORT),
                InetAddress.ofLiteral(outside.address()),
                (connection, failure) -> {
                    if (failure == null) {
                        opened.complete(connection);
                    } else {
                        opened.completeExceptionally(failure);
                    }
                }));
        return (InetSocketAddress) opened.get(10, TimeUnit.SECONDS).localAddress();
    }
}
