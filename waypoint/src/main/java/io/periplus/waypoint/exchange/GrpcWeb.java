package io.periplus.waypoint.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.base64.Base64;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.wire.workload.AppProtocol;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Between a browser's gRPC-Web and an endpoint's gRPC, as gRPC's PROTOCOL-WEB document has it: messages are framed alike, but
 * trailers, which browsers cannot read, follow the last message in a frame of their own; in the text form everything is
 * base64. One for each request.
 */
final class GrpcWeb {
    private static final String GRPC = "application/grpc";
    private static final String WEB = GRPC + "-web";
    private static final String TEXT = WEB + "-text";
    private static final AsciiString ACCEPT_ENCODING = AsciiString.cached("grpc-accept-encoding");

    /** The first bit of a frame of trailers. */
    private static final int TRAILERS = 0x80;

    /** To a body that is no base64. */
    static final LocalReply MALFORMED =
            new LocalReply(400, "Bad gRPC-Web request, invalid base64 data.", "", "grpc_base_64_decode_failed");

    private final String form;
    private final boolean textRequest;
    private final boolean textAnswer;
    private boolean bridged;

    /** @param form of the messages, such as {@code +proto}, as the client named it */
    private GrpcWeb(String form, boolean textRequest, boolean textAnswer) {
        this.form = form;
        this.textRequest = textRequest;
        this.textAnswer = textAnswer;
    }

    /**
     * Makes the head of a gRPC call from one of gRPC-Web; null where there is nothing to translate.
     *
     * @param spoken by the endpoints
     */
    static @Nullable GrpcWeb of(RequestHead head, AppProtocol spoken) {
        if (spoken != AppProtocol.GRPC) {
            return null;
        }
        HttpHeaders headers = head.headers();
        String type = headers.get(HttpHeaderNames.CONTENT_TYPE);
        if (type == null) {
            return null;
        }
        boolean text = isForm(type, TEXT);
        if (!text && !isForm(type, WEB)) {
            return null;
        }
        String form = type.substring((text ? TEXT : WEB).length());
        headers.set(HttpHeaderNames.CONTENT_TYPE, GRPC + form);
        headers.set(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS);
        if (!headers.contains(ACCEPT_ENCODING)) {
            headers.set(ACCEPT_ENCODING, "identity,deflate,gzip");
        }
        if (text) {
            headers.remove(HttpHeaderNames.CONTENT_LENGTH);
        }
        String accepted = headers.get(HttpHeaderNames.ACCEPT);
        return new GrpcWeb(form, text, accepted == null ? text : accepted.startsWith(TEXT));
    }

    /** Bare, or followed by the form of the messages or by parameters. */
    private static boolean isForm(String type, String form) {
        return type.startsWith(form)
                && (type.length() == form.length()
                        || type.charAt(form.length()) == '+'
                        || type.charAt(form.length()) == ';');
    }

    /**
     * What takes the request's body for the endpoint.
     *
     * @param web null where nothing is translated
     * @param malformed hears of a body that is no base64; nothing more goes to the endpoint then
     */
    static UpstreamStream request(@Nullable GrpcWeb web, UpstreamStream endpoint, Runnable malformed) {
        return web != null && web.textRequest ? new Base64Upstream(endpoint, malformed) : endpoint;
    }

    /** Makes an answer's head one of gRPC-Web; an answer that is none of gRPC passes as it is. */
    void answer(HttpHeaders headers) {
        String type = headers.get(HttpHeaderNames.CONTENT_TYPE);
        bridged = type != null && isForm(type, GRPC);
        if (bridged) {
            headers.set(HttpHeaderNames.CONTENT_TYPE, (textAnswer ? TEXT : WEB) + form);
            headers.remove(HttpHeaderNames.CONTENT_LENGTH);
        }
    }

    /** A piece of the answer's body; ownership passes through. */
    ByteBuf data(ByteBuf data) {
        if (!bridged || !textAnswer || !data.isReadable()) {
            return data;
        }
        try {
            return Base64.encode(data, data.readerIndex(), data.readableBytes(), false);
        } finally {
            data.release();
        }
    }

    /** The trailers as the last piece of the body; null where they stay trailers. */
    @Nullable
    ByteBuf trailers(HttpHeaders trailers) {
        if (!bridged) {
            return null;
        }
        ByteBuf frame = Unpooled.buffer();
        frame.writeByte(TRAILERS).writeInt(0);
        Iterator<Map.Entry<CharSequence, CharSequence>> fields = trailers.iteratorCharSequence();
        while (fields.hasNext()) {
            Map.Entry<CharSequence, CharSequence> field = fields.next();
            ByteBufUtil.writeAscii(frame, field.getKey());
            ByteBufUtil.writeAscii(frame, ": ");
            ByteBufUtil.writeAscii(frame, field.getValue());
            ByteBufUtil.writeAscii(frame, "\r\n");
        }
        frame.setInt(1, frame.readableBytes() - 5);
        return data(frame);
    }

    /** Decodes on the way. Texts may follow each other, each with padding of its own. */
    private static final class Base64Upstream implements UpstreamStream {
        private static final java.util.Base64.Decoder DECODER = java.util.Base64.getDecoder();
        private static final int GROUP = 4;

        private final UpstreamStream endpoint;
        private final Runnable malformed;
        /** Of a group that is not complete yet. */
        private final byte[] group = new byte[GROUP];
        /** What a group stands for. */
        private final byte[] plain = new byte[3];

        private int have;
        private boolean broken;

        private Base64Upstream(UpstreamStream endpoint, Runnable malformed) {
            this.endpoint = endpoint;
            this.malformed = malformed;
        }

        @Override
        public void data(ByteBuf data, boolean end) {
            try {
                ByteBuf decoded = broken ? null : decoded(data);
                if (decoded != null && !(end && have > 0)) {
                    endpoint.data(decoded, end);
                    return;
                }
                if (decoded != null) {
                    decoded.release();
                }
                if (!broken) {
                    broken = true;
                    malformed.run();
                }
            } finally {
                data.release();
            }
        }

        /** Null for what is no base64. */
        private @Nullable ByteBuf decoded(ByteBuf data) {
            ByteBuf out = Unpooled.buffer(data.readableBytes() / GROUP * 3 + 3);
            for (int i = data.readerIndex(); i < data.writerIndex(); i++) {
                group[have++] = data.getByte(i);
                if (have == GROUP) {
                    have = 0;
                    try {
                        out.writeBytes(plain, 0, DECODER.decode(group, plain));
                    } catch (IllegalArgumentException _) {
                        out.release();
                        return null;
                    }
                }
            }
            return out;
        }

        @Override
        public void trailers(HttpHeaders trailers) {
            endpoint.trailers(trailers);
        }

        @Override
        public void flush() {
            endpoint.flush();
        }

        @Override
        public boolean isWritable() {
            return endpoint.isWritable();
        }

        @Override
        public void setReading(boolean reading) {
            endpoint.setReading(reading);
        }

        @Override
        public void cancel() {
            endpoint.cancel();
        }
    }
}
