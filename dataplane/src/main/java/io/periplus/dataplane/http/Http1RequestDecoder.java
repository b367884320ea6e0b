package io.periplus.dataplane.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpConstants;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads HTTP/1.1 requests strictly: what two readers could take for different messages (RFC 9112 §11.2) is refused, not
 * repaired. A refusal shows as a failed {@code decoderResult()}, after which nothing more is read.
 *
 * <pre>
 * START --first byte of a request line--> HEAD --empty line--> BODY --end of message--> START
 * </pre>
 */
public final class Http1RequestDecoder extends HttpRequestDecoder {
    private enum Part {
        START,
        HEAD,
        BODY
    }

    private Part part = Part.START;
    private boolean held;
    private @Nullable ChannelHandlerContext context;

    public Http1RequestDecoder() {
        super(config());
    }

    static HttpDecoderConfig config() {
        return new HttpDecoderConfig()
                .setMaxInitialLineLength(HttpLimits.HEAD_BYTES_MAX)
                .setMaxHeaderSize(HttpLimits.HEAD_BYTES_MAX)
                .setMaxChunkSize(HttpLimits.PIECE_BYTES_MAX)
                .setAllowDuplicateContentLengths(false)
                .setStrictLineParsing(true)
                .setInitialBufferSize(256);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) throws Exception {
        this.context = context;
        super.handlerAdded(context);
    }

    /**
     * Keeps the bytes that follow unread while it is undecided whether they are HTTP: after a request for another protocol
     * until its answer. Whoever removes this decoder gets them as they came.
     */
    public void hold() {
        held = true;
    }

    /** Ends {@link #hold()}: the request was answered in HTTP. */
    public void resume() {
        held = false;
        ChannelHandlerContext current = context;
        if (current != null) {
            current.executor().execute(() -> readHeld(current));
        }
    }

    private void readHeld(ChannelHandlerContext current) {
        if (current.isRemoved()) {
            return;
        }
        try {
            channelRead(current, Unpooled.EMPTY_BUFFER);
            channelReadComplete(current);
        } catch (Exception e) {
            current.fireExceptionCaught(e);
        }
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
        if (held) {
            return;
        }
        if (part == Part.START) {
            skipEmptyLines(in);
            if (!in.isReadable()) {
                return;
            }
            part = Part.HEAD;
        }
        if (part == Part.HEAD && hasFoldedLine(in)) {
            HttpMessage refused = createInvalidMessage();
            refused.setDecoderResult(DecoderResult.failure(new RequestException(RequestError.FOLDED_HEADER)));
            in.skipBytes(in.readableBytes());
            out.add(refused);
            held = true;
            return;
        }
        int before = out.size();
        super.decode(context, in, out);
        for (int i = before; i < out.size(); i++) {
            Object message = out.get(i);
            if (message instanceof LastHttpContent) {
                part = Part.START;
            } else if (message instanceof HttpRequest) {
                part = Part.BODY;
            }
        }
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new RequestException(RequestError.LENGTH_AND_CHUNKED);
    }

    /** RFC 9112 §2.2: empty lines before a request line are ignored. */
    private static void skipEmptyLines(ByteBuf in) {
        while (in.isReadable()) {
            byte next = in.getByte(in.readerIndex());
            if (next != HttpConstants.CR && next != HttpConstants.LF) {
                return;
            }
            in.skipBytes(1);
        }
    }

    /** Whether a line of the head that stands at the front of the buffer begins with white space (RFC 9112 §5.2). */
    private static boolean hasFoldedLine(ByteBuf in) {
        int end = in.writerIndex();
        int line = in.readerIndex();
        while (line < end) {
            byte first = in.getByte(line);
            if (first == HttpConstants.SP || first == HttpConstants.HT) {
                return true;
            }
            if (first == HttpConstants.CR || first == HttpConstants.LF) {
                return false;
            }
            int feed = in.indexOf(line, end, HttpConstants.LF);
            if (feed < 0) {
                return false;
            }
            line = feed + 1;
        }
        return false;
    }
}
