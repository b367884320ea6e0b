package io.periplus.dataplane.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the responses of one HTTP/1.x connection as strictly as requests are read; which method was asked decides whether
 * content follows (RFC 9112 §6.3). An interim response is a head without a body; the next head follows it.
 *
 * <p>After a {@link RequestException} nothing more may be read.
 */
public final class Http1ResponseReader extends Http1Reader {
    private static final AsciiTokens CLOSE = new AsciiTokens("close");
    private static final AsciiTokens KEEP_ALIVE = new AsciiTokens("keep-alive");
    private static final byte[] VERSION = "HTTP/1.".getBytes(StandardCharsets.US_ASCII);
    private static final int STATUS_DIGITS = 3;

    private final HeadBytes headBytes = new HeadBytes();
    private boolean toHead;
    private boolean keepAlive;

    /** Says what is being asked, before the answer can come. */
    public void expectAnswerTo(String method) {
        toHead = method.equals("HEAD");
    }

    /** The next response's head, null until all of it has come. */
    public @Nullable ResponseHead head() {
        ByteBuf in = received.bytes();
        byte[] section = in.isReadable() ? headBytes.take(in) : null;
        if (section == null) {
            return null;
        }
        received.releaseIfRead();
        return response(section);
    }

    private ResponseHead response(byte[] section) {
        int digits = VERSION.length + 2;
        int after = digits + STATUS_DIGITS;
        if (section.length < after + 2
                || !Arrays.equals(section, 0, VERSION.length, VERSION, 0, VERSION.length)
                || section[VERSION.length] < '0'
                || section[VERSION.length] > '9'
                || section[VERSION.length + 1] != ' '
                || section[after] != ' ' && section[after] != '\r') {
            throw new RequestException(RequestError.MALFORMED);
        }
        boolean http10 = section[VERSION.length] == '0';
        int status = 0;
        for (int i = digits; i < after; i++) {
            if (section[i] < '0' || section[i] > '9') {
                throw new RequestException(RequestError.MALFORMED);
            }
            status = status * 10 + section[i] - '0';
        }
        if (status < 100) {
            throw new RequestException(RequestError.MALFORMED);
        }
        int reasonEnd = after;
        while (FieldSyntax.VALUE[section[reasonEnd] & 0xff]) {
            reasonEnd++;
        }
        HttpFields fields = new HttpFields();
        FieldLines.read(section, FieldLines.endOfLine(section, reasonEnd), fields);
        ResponseHead head = new ResponseHead(status, fields);
        if (!head.informational()) {
            frame(head, fields, http10);
        }
        return head;
    }

    private void frame(ResponseHead head, HttpFields fields, boolean http10) {
        boolean coded = fields.contains(HttpHeaderNames.TRANSFER_ENCODING);
        long framing = toHead || head.bodyless() ? 0 : Framing.ofResponse(fields);
        body.begin(framing);
        CharSequence connection = fields.value(HttpHeaderNames.CONNECTION);
        keepAlive = (http10 ? KEEP_ALIVE.isIn(fields, connection) : !CLOSE.isIn(fields, connection))
                && framing != Framing.UNTIL_CLOSE
                && !(coded && (http10 || head.bodyless()));
        fields.remove(HttpHeaderNames.TRANSFER_ENCODING);
    }

    /** Whether another request may follow on the connection, known once the head of the final response is. */
    public boolean keepAlive() {
        return keepAlive;
    }

    /** Whether there is anything that was not asked for. */
    public boolean isEmpty() {
        return received.isEmpty();
    }
}
