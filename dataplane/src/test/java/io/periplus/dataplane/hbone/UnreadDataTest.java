package io.periplus.dataplane.hbone;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.periplus.api.SpiffeId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a server does with DATA of a tunnel that is not read. */
final class UnreadDataTest {
    private static final int RECORDS = 40;
    private static final byte[] REST_OF_A_RECORD = new byte[16_000];

    private final StringBuilder received = new StringBuilder();
    private final List<Throwable> failures = new ArrayList<>();
    private final List<Channel> tunnels = new ArrayList<>();
    private final ServerSession session = ServerSession.of(
            Mesh.SETTINGS,
            request -> request.accept(tunnel -> {
                tunnels.add(tunnel);
                tunnel.config().setAutoRead(false);
                tunnel.pipeline().addLast(new Reader());
            }),
            new SpiffeId(SpiffeId.DEFAULT_TRUST_DOMAIN, "shop", "client"));
    /** As TLS does while its last word cannot leave. */
    private final ChannelOutboundHandlerAdapter neverCloses = new ChannelOutboundHandlerAdapter() {
        @Override
        public void close(ChannelHandlerContext ctx, ChannelPromise promise) {}
    };

    private final EmbeddedChannel connection = new EmbeddedChannel(neverCloses, session);

    private final class Reader extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            received.append(bytes.toString(StandardCharsets.US_ASCII));
            bytes.release();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            failures.add(cause);
        }
    }

    private Channel open() {
        connection.writeInbound(
                Unpooled.wrappedBuffer(RawPeer.PREFACE),
                Unpooled.wrappedBuffer(RawPeer.bytes(RawPeer.SETTINGS, 0, 0)),
                Unpooled.wrappedBuffer(RawPeer.bytes(RawPeer.SETTINGS, RawPeer.ACK, 0)),
                Unpooled.wrappedBuffer(RawPeer.bytes(RawPeer.HEADERS, RawPeer.END_HEADERS, 1, RawPeer.CONNECT_BLOCK)));
        connection.runPendingTasks();
        return tunnels.getFirst();
    }

    @AfterEach
    void close() {
        connection.unsafe().close(connection.newPromise());
        connection.finishAndReleaseAll();
    }

    @Test
    void aByteThatWaitsDoesNotKeepTheRecordThatBroughtIt() {
        Channel tunnel = open();
        List<ByteBuf> records = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            ByteBuf record = Unpooled.copiedBuffer(
                    RawPeer.bytes(RawPeer.DATA, 0, 1, (byte) ('A' + i)),
                    // Of a type that nobody knows, which is passed over.
                    RawPeer.bytes(0x7f, 0, 0, REST_OF_A_RECORD));
            records.add(record);
            connection.writeInbound(record);
        }
        assertThat(records).allSatisfy(record -> assertThat(record.refCnt()).isZero());
        assertThat(received).isEmpty();

        tunnel.config().setAutoRead(true);
        connection.runPendingTasks();
        StringBuilder sent = new StringBuilder();
        for (int i = 0; i < RECORDS; i++) {
            sent.append((char) ('A' + i));
        }
        assertThat(received).hasToString(sent.toString());
    }

    @Test
    void whatIsSmallAndWhatIsLargeStayInOrder() {
        Channel tunnel = open();
        StringBuilder sent = new StringBuilder();
        for (int i = 0; i < RECORDS; i++) {
            String text = Character.toString('A' + i).repeat(i % 3 == 0 ? 9_000 : 1 + i * 100);
            sent.append(text);
            connection.writeInbound(Unpooled.wrappedBuffer(
                    RawPeer.bytes(RawPeer.DATA, 0, 1, text.getBytes(StandardCharsets.US_ASCII))));
            if (i % 7 == 0) {
                tunnel.read();
            }
        }
        tunnel.config().setAutoRead(true);
        connection.runPendingTasks();
        assertThat(received).hasToString(sent.toString());
    }

    @Test
    void ofARevokedClientNothingMoreIsPassedOnThoughItsConnectionIsStillThere() {
        Channel tunnel = open();
        connection.writeInbound(Unpooled.wrappedBuffer(RawPeer.bytes(RawPeer.DATA, 0, 1, (byte) 'a')));

        session.revoked("its certificate is on the list");
        connection.runPendingTasks();

        assertThat(connection.isOpen()).isTrue();
        assertThat(connection.config().isAutoRead()).isFalse();
        assertThat(tunnel.isOpen()).isFalse();
        assertThat(failures).singleElement().satisfies(why -> assertThat(why).hasMessageContaining("on the list"));
        assertThat(received).isEmpty();
    }
}
