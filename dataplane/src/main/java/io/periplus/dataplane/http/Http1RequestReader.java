package io.periplus.dataplane.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import org.jspecify.annotations.Nullable;

/**
 * Reads the requests of one HTTP/1.x connection strictly: what two readers could take for different messages (RFC 9112
 * §11.2) is refused, not repaired. It is asked for the next thing; bytes that nobody asked for wait.
 *
 * <pre>
 * head() --a head--> body() until bodyEnded() --> head() ...
 *        --switchToBytes()--> body() to the end of the connection
 * </pre>
 *
 * <p>After a {@link RequestException} nothing more may be read.
 */
public final class Http1RequestReader extends Http1Reader {
    private static final AsciiTokens CLOSE = new AsciiTokens("close");
    private static final AsciiTokens KEEP_ALIVE = new AsciiTokens("keep-alive");

    private final HeadBytes headBytes = new HeadBytes();
    private boolean lineChecked;

    /** The next request's head, null until all of it has come. */
    public @Nullable Http1Request head() {
        ByteBuf in = received.bytes();
        if (!skipEmptyLines(in)) {
            received.releaseIfRead();
            return null;
        }
        byte[] section = headBytes.take(in);
        if (section == null) {
            checkEarly(in);
            return null;
        }
        lineChecked = false;
        received.releaseIfRead();
        return request(section);
    }

    /** RFC 9112 §2.2: empty lines before a request line are ignored. Whether something follows them. */
    private static boolean skipEmptyLines(ByteBuf in) {
        while (in.isReadable() && in.getByte(in.readerIndex()) == '\r') {
            if (in.readableBytes() == 1) {
                return false;
            }
            if (in.getByte(in.readerIndex() + 1) != '\n') {
                return true;
            }
            in.skipBytes(2);
        }
        return in.isReadable();
    }

    /** What cannot become a request is not waited for: the first line is looked at as soon as it is there. */
    private void checkEarly(ByteBuf in) {
        int start = in.readerIndex();
        byte first = in.getByte(start);
        if (FieldSyntax.TOKEN[first & 0xff] == 0) {
            throw new RequestException(RequestError.MALFORMED);
        }
        if (!lineChecked && headBytes.hasLine()) {
            lineChecked = true;
            byte[] line = new byte[in.indexOf(start, in.writerIndex(), (byte) '\n') + 1 - start];
            in.getBytes(start, line);
            RequestLine.read(line);
        }
    }

    private Http1Request request(byte[] section) {
        RequestLine line = RequestLine.read(section);
        HttpFields fields = new HttpFields();
        FieldLines.read(section, line.end(), fields);
        long framing = Framing.ofRequest(fields, line.http10());
        RequestHead head = RequestTarget.head(line, fields);
        body.begin(framing);
        CharSequence connection = fields.value(HttpHeaderNames.CONNECTION);
        boolean keepAlive = line.http10() ? KEEP_ALIVE.isIn(fields, connection) : !CLOSE.isIn(fields, connection);
        CharSequence expect = fields.value(HttpHeaderNames.EXPECT);
        boolean expectsContinue =
                expect != null && !line.http10() && HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(expect);
        return new Http1Request(head, line.http10(), framing != 0, keepAlive, expectsContinue);
    }

    /** Whether a request has begun of which the head is not complete. */
    public boolean inHead() {
        return body.ended() && !received.isEmpty();
    }
}
