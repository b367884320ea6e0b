package io.periplus.dataplane.hbone;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import io.periplus.api.SpiffeId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a server makes of a client's bytes, all of whose tunnels it accepts.
 *
 * @param received by each tunnel in the order of their opening, with a dot where its input ended
 * @param closed tunnels of those that were opened
 * @param survived whether the connection was still there in the end
 * @param leaked buffers that were handed in and never given back
 */
record HboneReading(List<String> received, int opened, int closed, boolean survived, int leaked) {
    private static final SpiffeId CLIENT = new SpiffeId(SpiffeId.DEFAULT_TRUST_DOMAIN, "shop", "client");

    static HboneReading of(byte[] bytes, int pieceBytes) {
        List<StringBuilder> received = new ArrayList<>();
        int[] closed = new int[1];
        ServerSession session = ServerSession.of(
                Mesh.SETTINGS,
                request -> request.accept(tunnel -> {
                    StringBuilder text = new StringBuilder();
                    received.add(text);
                    tunnel.closeFuture().addListener(_ -> closed[0]++);
                    tunnel.pipeline().addLast(new Reader(text));
                }),
                CLIENT);
        EmbeddedChannel channel = new EmbeddedChannel(session);
        List<ByteBuf> given = new ArrayList<>();
        boolean survived;
        try {
            for (int at = 0; at < bytes.length && channel.isOpen(); at += pieceBytes) {
                ByteBuf piece = Unpooled.copiedBuffer(bytes, at, Math.min(pieceBytes, bytes.length - at));
                given.add(piece);
                channel.writeInbound(piece);
                drop(channel);
            }
            survived = channel.isOpen();
        } finally {
            // As a peer that is gone: the session's own close would wait for streams in progress.
            channel.unsafe().close(channel.newPromise());
            channel.finishAndReleaseAll();
        }
        return new HboneReading(
                received.stream().map(StringBuilder::toString).toList(), received.size(), closed[0], survived, (int)
                        given.stream().filter(piece -> piece.refCnt() > 0).count());
    }

    private static void drop(EmbeddedChannel channel) {
        for (Object out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            ReferenceCountUtil.release(out);
        }
    }

    private static final class Reader extends ChannelInboundHandlerAdapter {
        private final StringBuilder text;

        Reader(StringBuilder text) {
            this.text = text;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            text.append(bytes.toString(StandardCharsets.ISO_8859_1));
            bytes.release();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event == ChannelInputShutdownEvent.INSTANCE) {
                text.append('.');
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
