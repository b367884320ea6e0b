package io.periplus.dataplane.hbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import io.periplus.dataplane.hbone.HboneException.Reason;
import io.periplus.dataplane.testing.Leftovers;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A peer that stands still, wherever it does: it is given up in time, holds little, and holds nobody else up. */
@Timeout(40)
final class StalledPeerTest {
    private static final Duration NEVER = Duration.ofMinutes(5);
    private static final Duration SOON = Duration.ofMillis(300);

    private final Leftovers leftovers = new Leftovers();

    @AfterEach
    void nothingIsLeft() {
        leftovers.close();
    }

    /** Only the handshake is in a hurry. */
    private static HboneSettings hurriedHandshake() {
        return Mesh.SETTINGS.withTimes(NEVER, SOON, NEVER, NEVER, NEVER);
    }

    private static HboneSettings hurriedKeepalive() {
        return Mesh.SETTINGS.withTimes(NEVER, NEVER, NEVER, NEVER, NEVER).withKeepalive(SOON, SOON);
    }

    @Test
    void aClientThatSaysNothingIsClosed() throws Exception {
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        try (Mesh mesh = new Mesh(hurriedHandshake())) {
            InetSocketAddress address = mesh.listen(mesh.server(new HboneAcceptor() {
                @Override
                public void onConnect(HboneRequest request) {
                    throw new AssertionError("no request was made");
                }

                @Override
                public void onConnectionFailed(
                        java.net.SocketAddress remote, java.net.SocketAddress local, Throwable why) {
                    failures.add(why);
                }
            }));
            try (Socket silent = new Socket(address.getAddress(), address.getPort())) {
                silent.setSoTimeout(10_000);
                assertThat(silent.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(failures)
                    .singleElement()
                    .satisfies(why -> assertThat(why).hasMessageContaining("handshake timed out"));
        }
    }

    @Test
    void aClientThatStopsInTheMiddleOfItsHelloIsClosed() throws Exception {
        try (Mesh mesh = new Mesh(hurriedHandshake())) {
            InetSocketAddress address = mesh.listen(mesh.server(HboneRequest::isCancelled));
            try (Socket slow = new Socket(address.getAddress(), address.getPort())) {
                slow.setSoTimeout(10_000);
                // A record of 200 bytes of which three come.
                slow.getOutputStream().write(new byte[] {22, 3, 1, 0, (byte) 200, 1, 0, 0});
                slow.getInputStream().readAllBytes();
            }
        }
    }

    @Test
    void aClientWithoutPrefaceIsClosedByTheKeepalive() throws Exception {
        try (Mesh mesh = new Mesh(hurriedKeepalive())) {
            HboneServer server = mesh.server(HboneRequest::isCancelled);
            RawPeer client = RawPeer.connect(mesh, mesh.listen(server));

            assertThat(client.isClosed()).isTrue();
            await().untilAsserted(() -> assertThat(server.connections()).isZero());
        }
    }

    @Test
    void aClientInTheMiddleOfAFrameIsClosedByTheKeepalive() throws Exception {
        try (Mesh mesh = new Mesh(hurriedKeepalive())) {
            RawPeer client = RawPeer.connect(mesh, mesh.listen(mesh.server(HboneRequest::isCancelled)));
            byte[] headers = RawPeer.bytes(RawPeer.HEADERS, 0, 1, RawPeer.CONNECT_BLOCK);
            client.send(RawPeer.PREFACE).frame(RawPeer.SETTINGS, 0, 0).send(java.util.Arrays.copyOf(headers, 12));

            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void aServerThatSpeaksNoHttp2IsGivenUpAndAskedNoMore() throws Exception {
        HboneSettings settings = Mesh.SETTINGS
                .withTimes(NEVER, NEVER, SOON.multipliedBy(2), NEVER, NEVER)
                .withKeepalive(SOON, SOON);
        try (Mesh mesh = new Mesh(settings)) {
            InetSocketAddress address = RawPeer.listen(mesh, _ -> {});

            Future<Channel> first = mesh.connect(mesh.target(address)).await();

            assertThat(first.cause())
                    .isInstanceOfSatisfying(
                            HboneException.class,
                            e -> assertThat(e.reason()).isIn(Reason.ANSWER_TIMEOUT, Reason.CLOSED));
            await().untilAsserted(() ->
                    assertThat(mesh.pool.connections(mesh.clientLoop)).isZero());
        }
    }

    @Test
    void aServerThatLeavesConnectUnansweredHoldsUpNobodyElse() throws Exception {
        try (Mesh mesh = new Mesh(Mesh.SETTINGS.withTimes(NEVER, NEVER, SOON, NEVER, NEVER))) {
            AtomicInteger asked = new AtomicInteger();
            InetSocketAddress address = mesh.listen(mesh.server(request -> {
                if (asked.incrementAndGet() > 1) {
                    request.accept(Echo::on);
                }
            }));
            Future<Channel> stalled = mesh.connect(mesh.target(address));
            await().untilAsserted(() -> assertThat(asked).hasValue(1));

            assertThat(mesh.open(mesh.target(address)).send("meanwhile").end().text())
                    .isEqualTo("meanwhile");

            assertThat(stalled.await().cause())
                    .isInstanceOfSatisfying(
                            HboneException.class, e -> assertThat(e.reason()).isEqualTo(Reason.ANSWER_TIMEOUT));
            assertThat(mesh.open(mesh.target(address)).send("after").end().text())
                    .isEqualTo("after");
            assertThat(mesh.accepted).as("connections").hasValue(1);
        }
    }

    @Test
    void aTunnelThatIsNotReadHoldsItsWindowAndNoMore() throws Exception {
        int window = 256 << 10;
        HboneSettings settings = Mesh.SETTINGS.withWindows(window, 4 * window, 16 << 10);
        try (Mesh mesh = new Mesh(settings)) {
            List<Channel> deaf = new CopyOnWriteArrayList<>();
            InetSocketAddress address = mesh.listen(mesh.server(request -> request.accept(tunnel -> {
                if (deaf.isEmpty()) {
                    tunnel.config().setAutoRead(false);
                    deaf.add(tunnel);
                } else {
                    Echo.on(tunnel);
                }
            })));
            TunnelClient stalled = mesh.open(mesh.target(address));
            byte[] chunk = new byte[16 << 10];
            AtomicInteger sent = new AtomicInteger();
            for (int i = 0; i < 200; i++) {
                stalled.tunnel
                        .writeAndFlush(Unpooled.wrappedBuffer(chunk))
                        .addListener(write -> sent.addAndGet(write.isSuccess() ? chunk.length : 0));
            }
            await().untilAsserted(() -> assertThat(sent.get()).isPositive());

            for (int i = 0; i < 20; i++) {
                byte[] body = new byte[window];
                assertThat(mesh.open(mesh.target(address)).send(body).end().all())
                        .hasSize(window);
            }

            assertThat(sent).hasValueLessThanOrEqualTo(window);
            assertThat(stalled.tunnel.isWritable())
                    .as("its sender is held back")
                    .isFalse();
            assertThat(mesh.accepted).hasValue(1);
            deaf.getFirst().close().sync();
        }
    }

    @Test
    void aClientThatGivesNoWindowHoldsTheApplicationBack() throws Exception {
        try (Mesh mesh = new Mesh()) {
            List<Channel> tunnels = new CopyOnWriteArrayList<>();
            InetSocketAddress address = mesh.listen(mesh.server(request -> request.accept(tunnels::add)));
            RawPeer client = RawPeer.connect(mesh, address);
            // SETTINGS_INITIAL_WINDOW_SIZE = 0
            client.send(RawPeer.PREFACE)
                    .frame(RawPeer.SETTINGS, 0, 0, (byte) 0, (byte) 4, (byte) 0, (byte) 0, (byte) 0, (byte) 0)
                    .frame(RawPeer.HEADERS, RawPeer.END_HEADERS, 1, RawPeer.CONNECT_BLOCK);
            await().untilAsserted(() -> assertThat(tunnels).hasSize(1));
            Channel tunnel = tunnels.getFirst();

            int chunks = 0;
            while (tunnel.isWritable() && chunks < 1000) {
                tunnel.writeAndFlush(Unpooled.wrappedBuffer(new byte[16 << 10]));
                tunnel.eventLoop().submit(() -> {}).sync();
                chunks++;
            }
            assertThat(chunks).as("of 16 KiB each").isBetween(1, 32);
            assertThat(client.isOpen()).isTrue();
            tunnel.close().sync();
        }
    }
}
