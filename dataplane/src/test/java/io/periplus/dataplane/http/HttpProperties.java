package io.periplus.dataplane.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.List;

/** What holds for all bytes that a client may send: the base of the search for those for which it does not. */
final class HttpProperties {
    private HttpProperties() {}

    /** Two readers take the same requests from the same bytes. */
    static void requestsAreReadAsAnotherReaderReadsThem(byte[] bytes) {
        for (byte b : bytes) {
            if (b < 0) {
                // Which characters bytes beyond ASCII stand for is read differently, and harmless.
                return;
            }
        }
        Http1Reading ours = Http1Reading.of(bytes, Math.max(1, bytes.length));
        JettyReading theirs = JettyReading.of(bytes);
        int both = Math.min(ours.requests().size(), theirs.requests.size());
        for (int i = 0; i < both; i++) {
            String read = theirs.requests.get(i);
            // Jetty leaves it to others to take an absolute target apart.
            if (read.startsWith("/", read.indexOf(' ') + 1)) {
                // Jetty has one object for some values, in the case that it knows them.
                assertThat(ours.requests().get(i)).isEqualToIgnoringCase(read);
            }
        }
    }

    /** How bytes are cut into pieces changes nothing. */
    static void piecesAreReadAsTheWhole(byte[] bytes) {
        Http1Reading whole = Http1Reading.of(bytes, Math.max(1, bytes.length));
        for (int piece : List.of(1, 2, 7)) {
            assertThat(Http1Reading.of(bytes, piece)).isEqualTo(whole);
        }
    }

    /**
     * Whatever frames come: how they are cut into pieces changes nothing, every stream that was opened ends once, nothing is
     * kept, and nothing but the rules of HTTP/2 ends the connection.
     */
    static void sessionsStandWhateverFramesCome(byte[] bytes) {
        Http2Reading whole = Http2Reading.of(bytes, Math.max(1, bytes.length));
        assertThat(whole.ended()).isEqualTo(whole.opened());
        assertThat(whole.leaked()).isZero();
        for (int piece : List.of(1, 7)) {
            assertThat(Http2Reading.of(bytes, piece)).isEqualTo(whole);
        }
    }

    /** What is passed on of a request of HTTP/1.1 is the request that was judged. */
    static void whatIsPassedOnIsReadAsItWasJudged(byte[] bytes) {
        Http1RequestReader reader = new Http1RequestReader();
        try {
            reader.add(UnpooledByteBufAllocator.DEFAULT, Unpooled.wrappedBuffer(bytes));
            Http1Request request = reader.head();
            if (request != null) {
                RequestChecks.common(request.head(), PathNormalization.BASE);
                passesUnchanged(request.head());
            }
        } catch (RequestException _) {
            // Refused: nothing is passed on.
        } finally {
            reader.release();
        }
    }

    /** The same for a field block of HTTP/2. */
    static void whatIsPassedOnFromHttp2IsReadAsItWasJudged(byte[] block) {
        RequestHead head;
        try {
            Http2Headers fields = new DefaultHttp2HeadersDecoder(true, HttpLimits.HEAD_BYTES_MAX)
                    .decodeHeaders(1, Unpooled.wrappedBuffer(block));
            head = Http2Heads.request(fields);
            RequestChecks.common(head, PathNormalization.BASE);
        } catch (Http2Exception | RequestException | IllegalArgumentException _) {
            return;
        }
        passesUnchanged(head);
    }

    /** Written as a proxy writes it, the head is one request without a body for both readers, and says the same. */
    private static void passesUnchanged(RequestHead head) {
        HopByHop.remove(head.headers());
        head.headers().remove("content-length");
        String expected =
                head.method() + ' ' + head.path() + '\n' + head.authority() + '\n' + Http1Reading.fields(head) + '\n';
        ByteBuf written = Http1Writer.request(UnpooledByteBufAllocator.DEFAULT, head);
        byte[] sent = ByteBufUtil.getBytes(written);
        written.release();
        assertThat(Http1Reading.of(sent, sent.length)).isEqualTo(new Http1Reading(List.of(expected), false));
        JettyReading theirs = JettyReading.of(sent);
        assertThat(theirs.requests).hasSizeLessThanOrEqualTo(1);
    }
}
