package io.periplus.dataplane.hbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.periplus.dataplane.testing.Leftovers;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Peers that take streams and connections away while they are used. */
@Timeout(40)
final class ResetsAndGoawayTest {
    private static final int ROUND = 500;
    private static final int ROUNDS = 10;
    private static final byte[] CANCEL = {0, 0, 0, 8};

    private final Leftovers leftovers = Leftovers.sampled();

    @AfterEach
    void nothingIsLeft() {
        leftovers.close();
    }

    /** {@code count} streams that are asked for and taken back in one breath, CVE-2023-44487. */
    private static byte[] rapidResets(int from, int count) {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            int stream = from + 2 * i;
            frames.writeBytes(RawPeer.bytes(RawPeer.HEADERS, RawPeer.END_HEADERS, stream, RawPeer.CONNECT_BLOCK));
            frames.writeBytes(RawPeer.bytes(RawPeer.RST_STREAM, 0, stream, CANCEL));
        }
        return frames.toByteArray();
    }

    @Test
    void thousandsOfResetStreamsLeaveNothingBehindAndOthersAreServed() throws Exception {
        try (Mesh mesh = new Mesh()) {
            AtomicInteger asked = new AtomicInteger();
            HboneServer server = mesh.server(request -> {
                asked.incrementAndGet();
                request.accept(Echo::on);
            });
            InetSocketAddress address = mesh.listen(server);
            TunnelClient other = mesh.open(mesh.target(address)).send("be");
            RawPeer storm = RawPeer.connect(mesh, address).send(RawPeer.PREFACE).frame(RawPeer.SETTINGS, 0, 0);

            for (int i = 0; i < ROUNDS; i++) {
                storm.send(rapidResets(1 + 2 * ROUND * i, ROUND));
            }
            await().untilAsserted(() -> assertThat(asked).hasValue(ROUNDS * ROUND + 1));

            assertThat(storm.isOpen()).isTrue();
            assertThat(other.send("fore").end().text()).isEqualTo("before");
            AtomicInteger open = new AtomicInteger();
            server.forEachTunnel(_ -> open.incrementAndGet());
            mesh.serverLoop.submit(() -> {}).sync();
            assertThat(open).hasValue(0);
        }
    }

    /** More than 20,000 in ten seconds: nobody has so many requests, and each costs the server more than the client. */
    @Test
    void whoResetsBeyondMeasureIsCutOffAndNobodyElse() throws Exception {
        try (Mesh mesh = new Mesh()) {
            InetSocketAddress address = mesh.listen(mesh.server(request -> request.accept(Echo::on)));
            TunnelClient other = mesh.open(mesh.target(address)).send("be");
            RawPeer storm = RawPeer.connect(mesh, address).send(RawPeer.PREFACE).frame(RawPeer.SETTINGS, 0, 0);

            for (int i = 0; i <= 20_000 / ROUND; i++) {
                storm.send(rapidResets(1 + 2 * ROUND * i, ROUND));
            }

            assertThat(storm.isClosed()).isTrue();
            assertThat(other.send("fore").end().text()).isEqualTo("before");
        }
    }

    @Test
    void aFloodOfPingsHoldsUpNobodyElse() throws Exception {
        try (Mesh mesh = new Mesh()) {
            InetSocketAddress address = mesh.listen(mesh.server(request -> request.accept(Echo::on)));
            RawPeer flood = RawPeer.connect(mesh, address).send(RawPeer.PREFACE).frame(RawPeer.SETTINGS, 0, 0);
            ByteArrayOutputStream pings = new ByteArrayOutputStream();
            for (int i = 0; i < 2000; i++) {
                pings.writeBytes(RawPeer.bytes(RawPeer.PING, 0, 0, new byte[8]));
            }
            for (int i = 0; i < 20 && flood.isOpen(); i++) {
                flood.send(pings.toByteArray());
            }

            assertThat(mesh.open(mesh.target(address)).send("others").end().text())
                    .isEqualTo("others");
        }
    }

    @Test
    void whatAGoawayLeavesOutIsAskedElsewhere() throws Exception {
        try (Mesh mesh = new Mesh()) {
            AtomicInteger second = new AtomicInteger();
            HboneServer good = mesh.server(request -> {
                second.incrementAndGet();
                request.accept(Echo::on);
            });
            // The first connection refuses every stream as soon as it is there; those after it are a real server's.
            InetSocketAddress address = mesh.listen(new io.netty.channel.ChannelInitializer<>() {
                @Override
                protected void initChannel(io.netty.channel.Channel connection) {
                    if (mesh.accepted.incrementAndGet() == 1) {
                        RawPeer.serve(
                                mesh,
                                connection,
                                peer -> peer.frame(RawPeer.SETTINGS, 0, 0).frame(RawPeer.GOAWAY, 0, 0, new byte[8]));
                    } else {
                        good.serve(connection);
                    }
                }
            });

            assertThat(mesh.open(mesh.target(address)).send("elsewhere").end().text())
                    .isEqualTo("elsewhere");
            assertThat(second).hasValue(1);
            assertThat(mesh.accepted).hasValue(2);
        }
    }

    @Test
    void aGoawayInTheMiddleLetsTheTunnelEndByItself() throws Exception {
        try (Mesh mesh = new Mesh()) {
            HboneServer server = mesh.server(request -> request.accept(Echo::on));
            InetSocketAddress address = mesh.listen(server);
            TunnelClient open = mesh.open(mesh.target(address)).send("one ");

            server.drain();
            await().untilAsserted(() -> assertThat(open.received.count).isEqualTo(4));

            assertThat(open.send("two").end().text()).isEqualTo("one two");
            await().untilAsserted(() -> assertThat(server.connections()).isZero());
            await().untilAsserted(() ->
                    assertThat(mesh.pool.connections(mesh.clientLoop)).isZero());
        }
    }
}
