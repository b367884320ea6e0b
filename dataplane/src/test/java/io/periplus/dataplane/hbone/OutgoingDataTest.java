package io.periplus.dataplane.hbone;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DuplexChannel;
import io.periplus.api.SpiffeId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The DATA frames that a tunnel's writes become. */
final class OutgoingDataTest {
    @Test
    void anEmptyWriteBehindDataThatHasNotLeftIsNoFrame() {
        boolean[] told = new boolean[1];
        ServerSession session = ServerSession.of(
                Mesh.SETTINGS,
                request -> request.accept(tunnel -> {
                    tunnel.write(Unpooled.copiedBuffer(new byte[3]));
                    // As a relay does at the end of its source.
                    tunnel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> {
                        told[0] = true;
                        ((DuplexChannel) tunnel).shutdownOutput();
                    });
                }),
                new SpiffeId(SpiffeId.DEFAULT_TRUST_DOMAIN, "shop", "client"));
        EmbeddedChannel channel = new EmbeddedChannel(session);
        channel.writeInbound(
                Unpooled.wrappedBuffer(RawPeer.PREFACE),
                Unpooled.wrappedBuffer(RawPeer.bytes(RawPeer.SETTINGS, 0, 0)),
                Unpooled.wrappedBuffer(RawPeer.bytes(RawPeer.HEADERS, RawPeer.END_HEADERS, 1, RawPeer.CONNECT_BLOCK)));
        channel.runPendingTasks();

        assertThat(told[0]).isTrue();
        assertThat(dataFrames(channel)).containsExactly("3", "0 END_STREAM");
        channel.unsafe().close(channel.newPromise());
        channel.finishAndReleaseAll();
    }

    private static List<String> dataFrames(EmbeddedChannel channel) {
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            all.writeBytes(out);
            out.release();
        }
        List<String> frames = new ArrayList<>();
        while (all.isReadable()) {
            int length = all.readUnsignedMedium();
            int type = all.readByte();
            boolean last = (all.readByte() & 1) != 0;
            all.skipBytes(4 + length);
            if (type == RawPeer.DATA) {
                frames.add(length + (last ? " END_STREAM" : ""));
            }
        }
        return frames;
    }
}
