package io.periplus.dataplane.hbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** DATA reaches a tunnel as it comes, however the peer cuts it. */
@Timeout(40)
final class IncomingFramesTest {
    private static final int END_STREAM = 1;
    private static final int PADDED = 8;
    private static final int HEADER = 9;
    private static final int LARGE = 1 << 20;

    private final Mesh mesh = new Mesh();
    private final AtomicReference<String> received = new AtomicReference<>("");
    private final List<Channel> tunnels = new CopyOnWriteArrayList<>();
    private final AtomicBoolean ended = new AtomicBoolean();

    @SuppressWarnings("NullAway.Init")
    private RawPeer client;

    @BeforeEach
    void openATunnel() throws Exception {
        HboneServer server = mesh.server(request -> request.accept(tunnel -> {
            tunnels.add(tunnel);
            tunnel.pipeline().addLast(new Reader());
        }));
        client = RawPeer.connect(mesh, mesh.listen(server))
                .send(RawPeer.PREFACE)
                .frame(RawPeer.SETTINGS, 0, 0)
                .frame(RawPeer.SETTINGS, RawPeer.ACK, 0)
                .frame(RawPeer.HEADERS, RawPeer.END_HEADERS, 1, RawPeer.CONNECT_BLOCK);
    }

    @AfterEach
    void close() {
        mesh.close();
    }

    private final class Reader extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            String text = bytes.toString(StandardCharsets.US_ASCII);
            bytes.release();
            received.updateAndGet(before -> before + text);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event == ChannelInputShutdownEvent.INSTANCE) {
                ended.set(true);
            }
        }
    }

    private void awaitReceived(String text) {
        await().untilAsserted(() -> assertThat(received).hasValue(text));
    }

    @Test
    void aLargeFrameIsPassedOnBeforeItIsWhole() {
        byte[] frame =
                RawPeer.bytes(RawPeer.DATA, END_STREAM, 1, "x".repeat(LARGE).getBytes(StandardCharsets.US_ASCII));
        int half = HEADER + LARGE / 2;
        client.send(Arrays.copyOf(frame, half));
        awaitReceived("x".repeat(LARGE / 2));
        assertThat(ended).isFalse();

        client.send(Arrays.copyOfRange(frame, half, frame.length));
        awaitReceived("x".repeat(LARGE));
        await().untilTrue(ended);
    }

    @Test
    void framesThatComeByteByByteAreTheSameFrames() {
        for (byte single : RawPeer.bytes(RawPeer.DATA, 0, 1, (byte) 'a', (byte) 'b')) {
            client.send(new byte[] {single});
        }
        client.frame(RawPeer.PING, 0, 0, new byte[8]);
        client.frame(RawPeer.DATA, END_STREAM, 1, (byte) 'c');
        awaitReceived("abc");
        await().untilTrue(ended);
    }

    @Test
    void paddingIsNoData() {
        client.frame(RawPeer.DATA, PADDED, 1, (byte) 2, (byte) 'a', (byte) 0, (byte) 0);
        client.frame(RawPeer.DATA, END_STREAM, 1, (byte) 'b');
        awaitReceived("ab");
    }

    @Test
    void aTunnelThatIsClosedInTheMiddleOfAFrameLeavesTheConnectionInOrder() {
        byte[] frame = RawPeer.bytes(RawPeer.DATA, 0, 1, new byte[1000]);
        client.send(Arrays.copyOf(frame, 500));
        await().until(() -> received.get().length() == 500 - HEADER);
        tunnels.getFirst().close().syncUninterruptibly();
        client.send(Arrays.copyOfRange(frame, 500, frame.length));
        client.frame(RawPeer.HEADERS, RawPeer.END_HEADERS, 3, RawPeer.CONNECT_BLOCK);
        client.frame(RawPeer.DATA, 0, 3, (byte) 'd');
        await().until(() -> received.get().endsWith("d"));
    }

    @Test
    void emptyFramesAreBorneAmongOthersButNotInARow() throws Exception {
        for (int i = 0; i < 10; i++) {
            client.frame(RawPeer.DATA, 0, 1).frame(RawPeer.DATA, 0, 1, (byte) 'a');
        }
        awaitReceived("a".repeat(10));
        for (int i = 0; i < 5; i++) {
            client.frame(RawPeer.DATA, 0, 1);
        }
        assertThat(client.isClosed()).isTrue();
    }

    @Test
    void emptyFramesOfStreamsThatBeginOrEndAreNotInARow() {
        for (int stream = 3; stream < 23; stream += 2) {
            client.frame(RawPeer.HEADERS, RawPeer.END_HEADERS, stream, RawPeer.CONNECT_BLOCK)
                    .frame(RawPeer.DATA, 0, stream);
        }
        for (int stream = 3; stream < 23; stream += 2) {
            client.frame(RawPeer.DATA, 0, stream).frame(RawPeer.DATA, END_STREAM, stream);
        }
        client.frame(RawPeer.DATA, 0, 1, (byte) 'a');
        awaitReceived("a");
    }

    @Test
    void aFrameAboveTheAnnouncedSizeEndsTheConnection() throws Exception {
        client.send(Arrays.copyOf(RawPeer.bytes(RawPeer.DATA, 0, 1, new byte[LARGE + 1]), 2000));
        assertThat(client.isClosed()).isTrue();
    }

    @Test
    void dataInsideAHeaderBlockEndsTheConnection() throws Exception {
        client.frame(RawPeer.HEADERS, 0, 3, RawPeer.CONNECT_BLOCK).frame(RawPeer.DATA, 0, 1, (byte) 'a');
        assertThat(client.isClosed()).isTrue();
    }
}
