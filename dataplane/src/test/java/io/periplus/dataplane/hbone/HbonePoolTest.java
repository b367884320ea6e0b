package io.periplus.dataplane.hbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.util.concurrent.Future;
import io.periplus.dataplane.hbone.HboneException.Reason;
import io.periplus.dataplane.net.Connector;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class HbonePoolTest {
    @Test
    void concurrentRequestsShareOneConnection() throws Exception {
        try (Mesh mesh = new Mesh()) {
            InetSocketAddress address = mesh.listen(mesh.server(request -> request.accept(Echo::on)));

            List<Future<Channel>> tunnels = connect(mesh, address, 50);

            for (Future<Channel> tunnel : tunnels) {
                tunnel.sync().getNow().close().sync();
            }
            assertThat(mesh.accepted).hasValue(1);
        }
    }

    @Test
    void aFullConnectionGetsASibling() throws Exception {
        try (Mesh mesh = new Mesh(Mesh.SETTINGS.withStreamsPerConnection(4))) {
            InetSocketAddress address = mesh.listen(mesh.server(request -> request.accept(Echo::on)));

            List<Future<Channel>> tunnels = connect(mesh, address, 10);

            for (Future<Channel> tunnel : tunnels) {
                tunnel.sync();
            }
            assertThat(mesh.accepted).hasValue(3);
        }
    }

    @Test
    void aDrainingServerKeepsItsTunnelsAndNewOnesGoElsewhere() throws Exception {
        try (Mesh mesh = new Mesh()) {
            HboneServer server = mesh.server(request -> request.accept(Echo::on));
            InetSocketAddress address = mesh.listen(server);
            TunnelClient before = mesh.open(mesh.target(address)).send("be");

            server.drain();
            await().untilAsserted(() -> assertThat(mesh.clientLoop
                            .submit(() -> mesh.pool.connections(mesh.clientLoop))
                            .get())
                    .isEqualTo(1));

            assertThat(before.send("fore").end().text()).isEqualTo("before");
            await().untilAsserted(() -> assertThat(server.connections()).isZero());
        }
    }

    @Test
    void aConnectionThatDiesUnansweredIsReplacedOnce() throws Exception {
        try (Mesh mesh = new Mesh()) {
            AtomicInteger asked = new AtomicInteger();
            InetSocketAddress address = mesh.listen(mesh.server(request -> {
                if (asked.incrementAndGet() == 2) {
                    mesh.serverConnections.getFirst().close();
                } else {
                    request.accept(Echo::on);
                }
            }));
            mesh.open(mesh.target(address)).end().all();

            assertThat(mesh.open(mesh.target(address)).send("again").end().text())
                    .isEqualTo("again");
            assertThat(mesh.open(mesh.target(address)).send("shared").end().text())
                    .isEqualTo("shared");
            assertThat(mesh.accepted).hasValue(2);
        }
    }

    @Test
    void nothingIsTriedAgainInAPoolThatWasClosed() throws Exception {
        try (Mesh mesh = new Mesh()) {
            List<HboneRequest> asked = new CopyOnWriteArrayList<>();
            InetSocketAddress address = mesh.listen(mesh.server(asked::add));
            AtomicInteger connects = new AtomicInteger();
            Connector counting = (loop, destination, source, handler) -> {
                connects.incrementAndGet();
                return mesh.sockets.connect(loop, destination, source, handler);
            };
            Future<Channel> opening = mesh.connect(new HboneTarget(
                    mesh.client, Set.of(mesh.server.identity()), null, address, "10.1.2.3:80", Map.of(), counting));
            await().until(() -> !asked.isEmpty());

            mesh.pool.close();

            assertThat(opening.await().cause())
                    .isInstanceOfSatisfying(
                            HboneException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CLOSED));
            mesh.clientLoop.submit(() -> {}).sync();
            assertThat(connects).hasValue(1);
        }
    }

    @Test
    void whoGivesUpIsNotAskedForAnyMore() throws Exception {
        try (Mesh mesh = new Mesh()) {
            List<HboneRequest> asked = new CopyOnWriteArrayList<>();
            InetSocketAddress address = mesh.listen(mesh.server(asked::add));
            Future<Channel> opening = mesh.connect(mesh.target(address));
            await().until(() -> !asked.isEmpty());

            opening.cancel(false);

            await().until(() -> asked.getFirst().isCancelled());
        }
    }

    /** What a peer does not take at all would be refused again. */
    @Test
    void headersThatThePeerDoesNotTakeAreCalledThat() throws Exception {
        try (Mesh mesh = new Mesh()) {
            AtomicInteger connections = new AtomicInteger();
            byte[] headerListOfOneByte = {0, 6, 0, 0, 0, 1};
            InetSocketAddress address = RawPeer.listen(mesh, peer -> {
                connections.incrementAndGet();
                peer.frame(RawPeer.SETTINGS, 0, 0, headerListOfOneByte);
            });
            // The first one may be sent before the peer has said what it takes.
            mesh.connect(mesh.target(address)).await(200);

            Future<Channel> opening = mesh.connect(mesh.target(address)).await();

            assertThat(opening.cause())
                    .isInstanceOfSatisfying(
                            HboneException.class, e -> assertThat(e.reason()).isEqualTo(Reason.OVERLOAD))
                    .hasMessageContaining("Header size exceeded max allowed size (1)");
            assertThat(connections).hasValue(1);
        }
    }

    @Test
    void aConnectionThatShowsNoLifeGetsNoMoreTunnelsAndKeepsThoseItHas() throws Exception {
        Duration never = Duration.ofMinutes(1);
        try (Mesh mesh = new Mesh(Mesh.SETTINGS.withTimes(never, never, never, Duration.ofMillis(200), never))) {
            InetSocketAddress address = mesh.listen(mesh.server(request -> request.accept(Echo::on)));
            TunnelClient old = mesh.open(mesh.target(address)).send("kept");
            Channel frozen = mesh.serverConnections.getFirst();
            await().pollDelay(Duration.ofMillis(400)).until(() -> true);
            frozen.eventLoop().submit(() -> frozen.config().setAutoRead(false)).sync();

            assertThat(mesh.open(mesh.target(address)).send("moved").end().text())
                    .isEqualTo("moved");
            assertThat(mesh.accepted).hasValue(2);

            frozen.eventLoop().submit(() -> frozen.config().setAutoRead(true)).sync();
            assertThat(old.end().text()).isEqualTo("kept");
        }
    }

    @Test
    void aFullPoolClosesWhatHasBeenIdleLongestAndNothingThatIsInUse() throws Exception {
        assertThat(HboneSettings.DEFAULT.maxPooled()).isEqualTo(500);
        try (Mesh mesh = new Mesh(Mesh.SETTINGS.withMaxPooled(3))) {
            HboneServer server = mesh.server(request -> request.accept(Echo::on));
            InetSocketAddress inUse = mesh.listen(server);
            TunnelClient kept = mesh.open(mesh.target(inUse)).send("ke");
            for (int i = 0; i < 2; i++) {
                mesh.open(mesh.target(mesh.listen(server))).end().all();
            }
            assertThat(mesh.serverConnections).hasSize(3);

            mesh.open(mesh.target(mesh.listen(server))).end().all();

            assertThat(mesh.serverConnections.get(1).closeFuture().await(10_000))
                    .isTrue();
            assertThat(mesh.serverConnections.get(2).isActive()).isTrue();
            assertThat(kept.send("pt").end().text()).isEqualTo("kept");
        }
    }

    @Test
    void whenMemoryIsShortAConnectionWithMuchUnreadIsNotReadFurther() throws Exception {
        try (Mesh mesh = new Mesh(Mesh.SETTINGS.withMemoryShare(0))) {
            CompletableFuture<Channel> atServer = new CompletableFuture<>();
            InetSocketAddress address = mesh.listen(mesh.server(request -> request.accept(tunnel -> {
                tunnel.config().setAutoRead(false);
                tunnel.pipeline().addLast(new TunnelClient.Collector());
                atServer.complete(tunnel);
            })));
            TunnelClient client = mesh.open(mesh.target(address));
            for (int i = 0; i < 4; i++) {
                client.tunnel.writeAndFlush(Unpooled.wrappedBuffer(new byte[1 << 20]));
            }
            Channel connection = mesh.serverConnections.getFirst();

            await().untilAsserted(
                            () -> assertThat(connection.config().isAutoRead()).isFalse());

            Channel tunnel = atServer.get();
            tunnel.config().setAutoRead(true);
            var collector = tunnel.pipeline().get(TunnelClient.Collector.class);
            await().untilAsserted(() -> assertThat(collector.count).isEqualTo(4L << 20));
            assertThat(connection.config().isAutoRead()).isTrue();
        }
    }

    @Test
    void aTunnelWhoseConnectionDiesFails() throws Exception {
        try (Mesh mesh = new Mesh()) {
            InetSocketAddress address = mesh.listen(mesh.server(request -> request.accept(Echo::on)));
            TunnelClient client = mesh.open(mesh.target(address));

            mesh.serverConnections.getFirst().close();

            assertThat(client.received.end)
                    .failsWithin(Duration.ofSeconds(5))
                    .withThrowableThat()
                    .withCauseInstanceOf(HboneException.class);
            await().untilAsserted(() -> assertThat(client.tunnel.isOpen()).isFalse());
        }
    }

    @Test
    void aRefusalIsAnErrorWithItsStatusAndTheConnectionStays() throws Exception {
        try (Mesh mesh = new Mesh()) {
            AtomicInteger asked = new AtomicInteger();
            InetSocketAddress address = mesh.listen(mesh.server(request -> {
                if (asked.incrementAndGet() == 1) {
                    request.reject(401);
                } else {
                    request.accept(Echo::on);
                }
            }));

            Future<Channel> refused = mesh.connect(mesh.target(address)).await();

            assertThat(refused.cause()).isInstanceOfSatisfying(HboneException.class, e -> {
                assertThat(e.reason()).isEqualTo(Reason.STATUS);
                assertThat(e.status()).isEqualTo(401);
            });
            assertThat(mesh.open(mesh.target(address)).end().text()).isEmpty();
            assertThat(mesh.accepted).hasValue(1);
        }
    }

    @Test
    void aServerThatNeverAnswersIsGivenUp() throws Exception {
        Duration never = Duration.ofMinutes(1);
        try (Mesh mesh =
                new Mesh(Mesh.SETTINGS.withTimes(never, Duration.ofSeconds(5), Duration.ofMillis(300), never, never))) {
            List<HboneRequest> asked = new CopyOnWriteArrayList<>();
            InetSocketAddress address = mesh.listen(mesh.server(asked::add));

            Future<Channel> tunnel = mesh.connect(mesh.target(address)).await();

            assertThat(tunnel.cause())
                    .isInstanceOfSatisfying(
                            HboneException.class, e -> assertThat(e.reason()).isEqualTo(Reason.ANSWER_TIMEOUT));
            await().untilAsserted(() -> assertThat(asked).allMatch(HboneRequest::isCancelled));
        }
    }

    @Test
    void aHandshakeThatStallsIsGivenUp() throws Exception {
        Duration never = Duration.ofMinutes(1);
        try (Mesh mesh = new Mesh(Mesh.SETTINGS.withTimes(never, Duration.ofMillis(300), never, never, never))) {
            InetSocketAddress deaf = mesh.listen(new ChannelInitializer<>() {
                @Override
                protected void initChannel(Channel connection) {
                    connection.config().setAutoRead(false);
                }
            });

            Future<Channel> tunnel = mesh.connect(mesh.target(deaf)).await();

            assertThat(tunnel.cause())
                    .isInstanceOfSatisfying(
                            HboneException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TLS));
        }
    }

    @Test
    void anUnusedConnectionIsReleased() throws Exception {
        Duration long_ = Duration.ofMinutes(1);
        try (Mesh mesh = new Mesh(
                Mesh.SETTINGS.withTimes(Duration.ofMillis(100), long_, long_, long_, Duration.ofMillis(200)))) {
            HboneServer server = mesh.server(request -> request.accept(Echo::on));
            InetSocketAddress address = mesh.listen(server);
            mesh.open(mesh.target(address)).end().all();
            assertThat(server.connections()).isEqualTo(1);

            await().untilAsserted(() -> assertThat(server.connections()).isZero());
        }
    }

    @Test
    void nobodyListeningIsSaidSo() throws Exception {
        try (Mesh mesh = new Mesh()) {
            Future<Channel> tunnel = mesh.connect(mesh.target(new InetSocketAddress("127.0.0.1", 1)))
                    .await();

            assertThat(tunnel.cause())
                    .isInstanceOfSatisfying(
                            HboneException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CONNECT));
        }
    }

    private static List<Future<Channel>> connect(Mesh mesh, InetSocketAddress address, int count) {
        List<Future<Channel>> tunnels = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tunnels.add(mesh.connect(mesh.target(address)));
        }
        return tunnels;
    }
}
