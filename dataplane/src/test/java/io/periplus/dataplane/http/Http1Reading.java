package io.periplus.dataplane.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Everything that our reader takes from a client's bytes, as text that can be compared. */
record Http1Reading(List<String> requests, boolean refused) {
    /** Reads pieces of this size; what is incomplete at the end does not count. */
    static Http1Reading of(byte[] bytes, int piece) {
        Http1RequestReader reader = new Http1RequestReader();
        List<String> requests = new ArrayList<>();
        State state = new State();
        try {
            for (int at = 0; at < bytes.length; at += piece) {
                int count = Math.min(piece, bytes.length - at);
                reader.add(UnpooledByteBufAllocator.DEFAULT, Unpooled.copiedBuffer(bytes, at, count));
                read(reader, state, requests);
            }
            return new Http1Reading(requests, false);
        } catch (RequestException _) {
            return new Http1Reading(requests, true);
        } finally {
            reader.release();
        }
    }

    private static final class State {
        private Http1Request request;
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    }

    private static void read(Http1RequestReader reader, State state, List<String> requests) {
        while (true) {
            if (state.request == null) {
                state.request = reader.head();
                state.body.reset();
                if (state.request == null) {
                    return;
                }
            }
            while (!reader.bodyEnded()) {
                ByteBuf piece = reader.body();
                if (piece == null) {
                    break;
                }
                state.body.writeBytes(io.netty.buffer.ByteBufUtil.getBytes(piece));
                piece.release();
            }
            if (!reader.bodyEnded()) {
                return;
            }
            requests.add(text(state.request, state.body));
            state.request = null;
        }
    }

    private static String text(Http1Request request, ByteArrayOutputStream body) {
        RequestHead head = request.head();
        return head.method()
                + ' '
                + head.path()
                + '\n'
                + head.authority()
                + '\n'
                + fields(head)
                + '\n'
                + body.toString(StandardCharsets.ISO_8859_1);
    }

    /** Fields but those of framing and of the connection, which a proxy writes anew. */
    static String fields(RequestHead head) {
        StringBuilder text = new StringBuilder();
        Iterator<Map.Entry<CharSequence, CharSequence>> all = head.headers().iteratorCharSequence();
        while (all.hasNext()) {
            Map.Entry<CharSequence, CharSequence> field = all.next();
            text.append(field.getKey()).append('=').append(field.getValue()).append('\n');
        }
        return text.toString();
    }
}
