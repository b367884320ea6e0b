package io.periplus.dataplane.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;

/**
 * What a session makes of bytes. Every request is answered with an echo of its body, as far as it comes.
 *
 * @param events what the streams received, in order. Whether they also hear of a reset or an error depends on whether their
 *     own end was flushed before it, and so on the pieces
 * @param opened streams
 * @param ended streams of those, counted as often as they were told so
 * @param leaked buffers that were handed out and never given back
 */
record Http2Reading(List<String> events, int opened, int ended, int leaked) {
    static Http2Reading of(byte[] bytes, int pieceBytes) {
        List<String> events = new ArrayList<>();
        int[] counts = new int[2];
        Echo session = Http2SessionBuilder.server(
                Http2Windows.OF_ONE_CLIENT,
                (decoder, encoder, initial) -> new Echo(decoder, encoder, initial, events, counts));
        EmbeddedChannel channel = new EmbeddedChannel(session);
        List<ByteBuf> given = new ArrayList<>();
        try {
            for (int at = 0; at < bytes.length && channel.isOpen(); at += pieceBytes) {
                ByteBuf piece = Unpooled.copiedBuffer(bytes, at, Math.min(pieceBytes, bytes.length - at));
                given.add(piece);
                channel.writeInbound(piece);
                release(channel);
            }
        } finally {
            // As a peer that is gone: the session's own close would wait for streams in progress.
            channel.unsafe().close(channel.newPromise());
            channel.finishAndReleaseAll();
        }
        int leaked = (int) given.stream().filter(piece -> piece.refCnt() > 0).count();
        return new Http2Reading(List.copyOf(events), counts[0], counts[1], leaked);
    }

    private static void release(EmbeddedChannel channel) {
        for (Object out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            ReferenceCountUtil.release(out);
        }
    }

    private static final class Echo extends Http2Session {
        private final List<String> events;
        private final int[] counts;

        Echo(
                Http2ConnectionDecoder decoder,
                Http2ConnectionEncoder encoder,
                Http2Settings initial,
                List<String> events,
                int[] counts) {
            super(decoder, encoder, initial);
            this.events = events;
            this.counts = counts;
        }

        @Override
        protected Http2StreamHandler opened(Http2Stream stream) {
            counts[0]++;
            return new Http2StreamHandler() {
                private boolean answered;

                @Override
                public void received(Http2Headers fields, boolean last) {
                    events.add(stream.id() + " fields " + fields.size() + last);
                    if (!answered) {
                        answered = true;
                        judge(fields);
                        writeHeaders(stream.id(), Http2Heads.response(ResponseHead.of(200)), last);
                    } else if (last) {
                        writeData(stream, Unpooled.EMPTY_BUFFER, true);
                    }
                }

                private void judge(Http2Headers fields) {
                    try {
                        RequestChecks.common(Http2Heads.request(fields), PathNormalization.BASE);
                    } catch (RequestException | IllegalArgumentException e) {
                        events.add(stream.id() + " refused");
                        Echo.this.reset(stream, Http2Error.PROTOCOL_ERROR);
                    }
                }

                @Override
                public int received(ByteBuf data, boolean last) {
                    events.add(stream.id() + " data " + data.readableBytes() + last);
                    writeData(stream, data.retain(), last);
                    return data.readableBytes();
                }

                @Override
                public void readRoundEnded() {
                    flushAfterRound();
                }

                @Override
                public void writabilityChanged() {}

                @Override
                public void reset(long errorCode) {}

                @Override
                public void broken() {}

                @Override
                public void closed() {
                    counts[1]++;
                }
            };
        }
    }
}
