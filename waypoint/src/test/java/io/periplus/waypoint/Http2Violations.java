package io.periplus.waypoint;

import static io.periplus.waypoint.H2Client.ACK;
import static io.periplus.waypoint.H2Client.CONTINUATION;
import static io.periplus.waypoint.H2Client.DATA;
import static io.periplus.waypoint.H2Client.END_HEADERS;
import static io.periplus.waypoint.H2Client.END_STREAM;
import static io.periplus.waypoint.H2Client.GOAWAY;
import static io.periplus.waypoint.H2Client.HEADERS;
import static io.periplus.waypoint.H2Client.PADDED;
import static io.periplus.waypoint.H2Client.PING;
import static io.periplus.waypoint.H2Client.PRIORITY;
import static io.periplus.waypoint.H2Client.PUSH_PROMISE;
import static io.periplus.waypoint.H2Client.RST_STREAM;
import static io.periplus.waypoint.H2Client.SETTINGS;
import static io.periplus.waypoint.H2Client.WINDOW_UPDATE;
import static io.periplus.waypoint.H2Client.block;
import static io.periplus.waypoint.H2Client.concat;
import static io.periplus.waypoint.H2Client.number;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Error;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What a client may not do in HTTP/2, with the section of RFC 9113 or RFC 7541 that says so. */
final class Http2Violations {
    private static final byte[] NOTHING = {};
    static final byte[] GET = block(":method", "GET", ":scheme", "http", ":path", "/", ":authority", "a");
    private static final byte[] POST = block(":method", "POST", ":scheme", "http", ":path", "/echo", ":authority", "a");

    private Http2Violations() {}

    interface Script {
        void on(H2Client client) throws IOException;
    }

    /** A violation and the errors that may answer it, on the stream or on the connection. */
    record Violation(String what, Script script, Set<Http2Error> errors) {
        @Override
        public String toString() {
            return what;
        }
    }

    private static Violation violation(String what, Script script, Http2Error... errors) {
        return new Violation(what, script, Set.of(errors));
    }

    /** A request head that is malformed (RFC 9113 §8.1.1). */
    private static Violation malformed(String what, String... fields) {
        return violation(what, c -> c.headers(1, END_STREAM, fields), Http2Error.PROTOCOL_ERROR);
    }

    static byte[] of(int... bytes) {
        byte[] all = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            all[i] = (byte) bytes[i];
        }
        return all;
    }

    /** A stream that the client has ended and the server has not. */
    private static H2Client halfClosed(H2Client c) {
        return c.request(1, END_STREAM, "GET", "/stream?bytes=10000000");
    }

    /** A stream that both sides have ended. */
    private static H2Client closed(H2Client c) throws IOException {
        c.get(1, "/").flush();
        assertThat(c.answer()).isEqualTo("200|app");
        return c;
    }

    static Stream<Violation> all() {
        List<Violation> all = new ArrayList<>();
        frames(all);
        streams(all);
        frameTypes(all);
        windows(all);
        messages(all);
        compression(all);
        return all.stream();
    }

    private static void frames(List<Violation> all) {
        all.add(violation(
                "4.2 a DATA frame beyond SETTINGS_MAX_FRAME_SIZE",
                c -> c.frame(HEADERS, END_HEADERS, 1, POST).frame(DATA, 0, 1, new byte[16_385]),
                Http2Error.FRAME_SIZE_ERROR));
        all.add(violation(
                "4.2 a HEADERS frame beyond SETTINGS_MAX_FRAME_SIZE",
                c -> c.frame(HEADERS, END_HEADERS, 1, concat(GET, block("x", "x".repeat(17_000)))),
                Http2Error.FRAME_SIZE_ERROR));
        all.add(violation(
                "4.3 a field block that cannot be decoded",
                c -> c.frame(HEADERS, END_STREAM | END_HEADERS, 1, of(0x40)),
                Http2Error.COMPRESSION_ERROR));
        all.add(violation(
                "4.3 PRIORITY within a field block",
                c -> c.frame(HEADERS, END_STREAM, 1, GET).frame(PRIORITY, 0, 1, of(0, 0, 0, 0, 16)),
                Http2Error.PROTOCOL_ERROR));
        all.add(violation(
                "4.3 HEADERS of another stream within a field block",
                c -> c.frame(HEADERS, END_STREAM, 1, GET).frame(HEADERS, END_STREAM | END_HEADERS, 3, GET),
                Http2Error.PROTOCOL_ERROR));
    }

    private static void streams(List<Violation> all) {
        all.add(violation(
                "5.1 DATA on an idle stream", c -> c.frame(DATA, END_STREAM, 1, of(1)), Http2Error.PROTOCOL_ERROR));
        all.add(violation(
                "5.1 RST_STREAM on an idle stream",
                c -> c.frame(RST_STREAM, 0, 1, number(8)),
                Http2Error.PROTOCOL_ERROR));
        all.add(violation(
                "5.1 WINDOW_UPDATE on an idle stream",
                c -> c.frame(WINDOW_UPDATE, 0, 1, number(100)),
                Http2Error.PROTOCOL_ERROR));
        all.add(violation(
                "5.1 CONTINUATION on an idle stream",
                c -> c.frame(CONTINUATION, END_HEADERS, 1, GET),
                Http2Error.PROTOCOL_ERROR));
        all.add(violation(
                "5.1 DATA on a stream that the client ended",
                c -> halfClosed(c).frame(DATA, END_STREAM, 1, of(1)),
                Http2Error.STREAM_CLOSED));
        all.add(violation(
                "5.1 HEADERS on a stream that the client ended",
                c -> halfClosed(c).frame(HEADERS, END_STREAM | END_HEADERS, 1, GET),
                Http2Error.STREAM_CLOSED,
                Http2Error.PROTOCOL_ERROR));
        all.add(violation(
                "5.1 CONTINUATION on a stream that the client ended",
                c -> halfClosed(c).frame(CONTINUATION, END_HEADERS, 1, GET),
                Http2Error.STREAM_CLOSED,
                Http2Error.PROTOCOL_ERROR));
        all.add(violation(
                "5.1 CONTINUATION on a stream that the client reset",
                c -> halfClosed(c).frame(RST_STREAM, 0, 1, number(8)).frame(CONTINUATION, END_HEADERS, 1, GET),
                Http2Error.STREAM_CLOSED,
                Http2Error.PROTOCOL_ERROR));
        all.add(violation(
                "5.1 DATA on a closed stream",
                c -> closed(c).frame(DATA, END_STREAM, 1, of(1)),
                Http2Error.STREAM_CLOSED));
        all.add(violation(
                "5.1 HEADERS on a closed stream",
                c -> closed(c).frame(HEADERS, END_STREAM | END_HEADERS, 1, GET),
                Http2Error.STREAM_CLOSED,
                Http2Error.PROTOCOL_ERROR));
        all.add(violation("5.1.1 a stream with an even number", c -> c.get(2, "/"), Http2Error.PROTOCOL_ERROR));
        all.add(violation(
                "5.1.1 a stream with a number that is smaller than the last",
                c -> c.get(5, "/").get(3, "/"),
                Http2Error.PROTOCOL_ERROR,
                Http2Error.STREAM_CLOSED));
        all.add(violation(
                "5.1.2 more streams than SETTINGS_MAX_CONCURRENT_STREAMS",
                c -> {
                    for (int i = 0; i < 130; i++) {
                        c.frame(HEADERS, END_HEADERS, 2 * i + 1, POST);
                    }
                },
                Http2Error.REFUSED_STREAM,
                Http2Error.PROTOCOL_ERROR));
        all.add(violation(
                "5.5 an unknown frame within a field block",
                c -> c.frame(HEADERS, END_STREAM, 1, GET).frame(0x20, 0, 1, of(1)),
                Http2Error.PROTOCOL_ERROR));
    }

    private static void frameTypes(List<Violation> all) {
        all.add(violation("6.1 DATA on stream 0", c -> c.frame(DATA, 0, 0, of(1)), Http2Error.PROTOCOL_ERROR));
        all.add(violation(
                "6.1 DATA with more padding than payload",
                c -> c.frame(HEADERS, END_HEADERS, 1, POST).frame(DATA, END_STREAM | PADDED, 1, of(6, 1)),
                Http2Error.PROTOCOL_ERROR));
        all.add(violation(
                "6.2 HEADERS on stream 0",
                c -> c.frame(HEADERS, END_STREAM | END_HEADERS, 0, GET),
                Http2Error.PROTOCOL_ERROR));
        all.add(violation(
                "6.2 HEADERS with more padding than payload",
                c -> c.frame(HEADERS, END_STREAM | END_HEADERS | PADDED, 1, concat(of(255), GET)),
                Http2Error.PROTOCOL_ERROR));
        all.add(violation(
                "6.3 PRIORITY on stream 0",
                c -> c.frame(PRIORITY, 0, 0, of(0, 0, 0, 0, 1)),
                Http2Error.PROTOCOL_ERROR));
        all.add(violation(
                "6.3 PRIORITY of the wrong size",
                c -> c.frame(HEADERS, END_HEADERS, 1, POST).frame(PRIORITY, 0, 1, of(0, 0, 0, 0)),
                Http2Error.FRAME_SIZE_ERROR));
        all.add(violation(
                "6.4 RST_STREAM on stream 0", c -> c.frame(RST_STREAM, 0, 0, number(8)), Http2Error.PROTOCOL_ERROR));
        all.add(violation(
                "6.4 RST_STREAM of the wrong size",
                c -> c.frame(HEADERS, END_HEADERS, 1, POST).frame(RST_STREAM, 0, 1, of(0, 0, 0)),
                Http2Error.FRAME_SIZE_ERROR));
        all.add(violation(
                "6.5 an acknowledgement of SETTINGS with a payload",
                c -> c.frame(SETTINGS, ACK, 0, of(0, 3, 0, 0, 0, 1)),
                Http2Error.FRAME_SIZE_ERROR));
        all.add(violation(
                "6.5 SETTINGS on a stream", c -> c.frame(SETTINGS, 0, 1, NOTHING), Http2Error.PROTOCOL_ERROR));
        all.add(violation(
                "6.5 SETTINGS of the wrong size",
                c -> c.frame(SETTINGS, 0, 0, of(0, 3, 0)),
                Http2Error.FRAME_SIZE_ERROR));
        all.add(violation("6.5.2 ENABLE_PUSH of 2", c -> c.settings(2, 2), Http2Error.PROTOCOL_ERROR));
        all.add(violation(
                "6.5.2 INITIAL_WINDOW_SIZE beyond 31 bits",
                c -> c.settings(4, 0x8000_0000),
                Http2Error.FLOW_CONTROL_ERROR));
        all.add(violation("6.5.2 MAX_FRAME_SIZE too small", c -> c.settings(5, 16_383), Http2Error.PROTOCOL_ERROR));
        all.add(violation("6.5.2 MAX_FRAME_SIZE too large", c -> c.settings(5, 16_777_216), Http2Error.PROTOCOL_ERROR));
        all.add(violation(
                "6.6, 8.4 PUSH_PROMISE of a client",
                c -> c.frame(HEADERS, END_HEADERS, 1, POST).frame(PUSH_PROMISE, END_HEADERS, 1, concat(number(2), GET)),
                Http2Error.PROTOCOL_ERROR));
        all.add(violation("6.7 PING on a stream", c -> c.frame(PING, 0, 1, new byte[8]), Http2Error.PROTOCOL_ERROR));
        all.add(violation(
                "6.7 PING of the wrong size", c -> c.frame(PING, 0, 0, new byte[6]), Http2Error.FRAME_SIZE_ERROR));
        all.add(violation(
                "6.8 GOAWAY on a stream", c -> c.frame(GOAWAY, 0, 1, new byte[8]), Http2Error.PROTOCOL_ERROR));
        all.add(violation(
                "6.10 CONTINUATION on stream 0",
                c -> c.frame(HEADERS, END_STREAM, 1, GET).frame(CONTINUATION, END_HEADERS, 0, block("x", "y")),
                Http2Error.PROTOCOL_ERROR));
        all.add(violation(
                "6.10 CONTINUATION after the end of a field block",
                c -> c.frame(HEADERS, END_HEADERS, 1, POST).frame(CONTINUATION, END_HEADERS, 1, block("x", "y")),
                Http2Error.PROTOCOL_ERROR));
        all.add(violation(
                "6.10 CONTINUATION after a CONTINUATION that ended the block",
                c -> c.frame(HEADERS, 0, 1, POST)
                        .frame(CONTINUATION, END_HEADERS, 1, block("x", "y"))
                        .frame(CONTINUATION, END_HEADERS, 1, block("x", "y")),
                Http2Error.PROTOCOL_ERROR));
        all.add(violation(
                "6.10 CONTINUATION after DATA",
                c -> c.frame(HEADERS, END_HEADERS, 1, POST)
                        .frame(DATA, 0, 1, of(1))
                        .frame(CONTINUATION, END_HEADERS, 1, block("x", "y")),
                Http2Error.PROTOCOL_ERROR));
    }

    private static void windows(List<Violation> all) {
        all.add(violation(
                "6.9 WINDOW_UPDATE of 0 on the connection",
                c -> c.frame(WINDOW_UPDATE, 0, 0, number(0)),
                Http2Error.PROTOCOL_ERROR));
        all.add(violation(
                "6.9 WINDOW_UPDATE of 0 on a stream",
                c -> c.frame(HEADERS, END_HEADERS, 1, POST).frame(WINDOW_UPDATE, 0, 1, number(0)),
                Http2Error.PROTOCOL_ERROR));
        all.add(violation(
                "6.9 WINDOW_UPDATE of the wrong size",
                c -> c.frame(WINDOW_UPDATE, 0, 0, of(0, 0, 1)),
                Http2Error.FRAME_SIZE_ERROR));
        all.add(violation(
                "6.9.1 a connection's window beyond 31 bits",
                c -> c.frame(WINDOW_UPDATE, 0, 0, number(Integer.MAX_VALUE))
                        .frame(WINDOW_UPDATE, 0, 0, number(Integer.MAX_VALUE)),
                Http2Error.FLOW_CONTROL_ERROR));
        all.add(violation(
                "6.9.1 a stream's window beyond 31 bits",
                c -> c.frame(HEADERS, END_HEADERS, 1, POST)
                        .frame(WINDOW_UPDATE, 0, 1, number(Integer.MAX_VALUE))
                        .frame(WINDOW_UPDATE, 0, 1, number(Integer.MAX_VALUE)),
                Http2Error.FLOW_CONTROL_ERROR));
        all.add(violation(
                "6.9.1 more DATA than the stream's window",
                c -> {
                    c.request(1, 0, "POST", "/sleep");
                    for (int i = 0; i < 1000; i++) {
                        c.frame(DATA, 0, 1, new byte[16_384]);
                    }
                },
                Http2Error.FLOW_CONTROL_ERROR));
        all.add(violation(
                "6.9.2 SETTINGS that take a stream's window beyond 31 bits",
                c -> c.settings(4, 100)
                        .frame(HEADERS, END_HEADERS, 1, POST)
                        .frame(WINDOW_UPDATE, 0, 1, number(Integer.MAX_VALUE - 100))
                        .settings(4, Integer.MAX_VALUE),
                Http2Error.FLOW_CONTROL_ERROR));
    }

    private static void messages(List<Violation> all) {
        all.add(violation(
                "8.1 a second HEADERS that does not end the stream",
                c -> c.frame(HEADERS, END_HEADERS, 1, POST).frame(HEADERS, END_HEADERS, 1, block("x", "y")),
                Http2Error.PROTOCOL_ERROR));
        all.add(violation(
                "8.3 pseudo fields in trailers",
                c -> c.frame(HEADERS, END_HEADERS, 1, POST)
                        .frame(HEADERS, END_HEADERS | END_STREAM, 1, block(":method", "GET")),
                Http2Error.PROTOCOL_ERROR));
        all.add(violation(
                "8.1.1 less content than content-length",
                c -> c.request(1, 0, "POST", "/echo", "content-length", "2").frame(DATA, END_STREAM, 1, of('a')),
                Http2Error.PROTOCOL_ERROR));
        all.add(violation(
                "8.1.1 more content than content-length",
                c -> c.request(1, 0, "POST", "/echo", "content-length", "1")
                        .frame(DATA, 0, 1, of('a'))
                        .frame(DATA, END_STREAM, 1, of('a')),
                Http2Error.PROTOCOL_ERROR));
        all.add(violation(
                "8.1.1 no content in spite of content-length",
                c -> c.request(1, END_STREAM, "POST", "/echo", "content-length", "1"),
                Http2Error.PROTOCOL_ERROR));
        String[] usual = {":method", "GET", ":scheme", "http", ":path", "/", ":authority", "a"};
        all.add(malformed("8.2.1 a name in upper case", with(usual, "X-Upper", "y")));
        all.add(malformed("8.2.1 a name with a colon", with(usual, "x:y", "y")));
        all.add(malformed("8.2.1 a name with a space", with(usual, "x y", "y")));
        all.add(malformed("8.2.1 an empty name", with(usual, "", "y")));
        all.add(malformed("8.2.1 a value with a line break", with(usual, "x", "y\r\nz: smuggled")));
        all.add(malformed("8.2.1 a value with a zero byte", with(usual, "x", "y\0z")));
        all.add(malformed("8.2.1 a value that begins with a space", with(usual, "x", " y")));
        all.add(malformed("8.2.1 a value that ends with a tab", with(usual, "x", "y\t")));
        all.add(malformed("8.2.2 connection", with(usual, "connection", "keep-alive")));
        all.add(malformed("8.2.2 transfer-encoding", with(usual, "transfer-encoding", "chunked")));
        all.add(malformed("8.2.2 upgrade", with(usual, "upgrade", "websocket")));
        all.add(malformed("8.2.2 keep-alive", with(usual, "keep-alive", "timeout=5")));
        all.add(malformed("8.2.2 proxy-connection", with(usual, "proxy-connection", "keep-alive")));
        all.add(malformed("8.2.2 te other than trailers", with(usual, "te", "trailers, deflate")));
        all.add(malformed("8.3 an unknown pseudo field", with(usual, ":unknown", "y")));
        all.add(malformed("8.3 a pseudo field of responses", with(usual, ":status", "200")));
        all.add(malformed(
                "8.3 a pseudo field after others",
                ":method",
                "GET",
                ":scheme",
                "http",
                ":authority",
                "a",
                "x",
                "y",
                ":path",
                "/"));
        all.add(malformed("8.3.1 an empty path", ":method", "GET", ":scheme", "http", ":path", "", ":authority", "a"));
        all.add(malformed("8.3.1 no method", ":scheme", "http", ":path", "/", ":authority", "a"));
        all.add(malformed("8.3.1 no scheme", ":method", "GET", ":path", "/", ":authority", "a"));
        all.add(malformed("8.3.1 no path", ":method", "GET", ":scheme", "http", ":authority", "a"));
        all.add(malformed("8.3.1 two methods", with(usual, ":method", "POST")));
        all.add(malformed("8.3.1 two schemes", with(usual, ":scheme", "http")));
        all.add(malformed("8.3.1 two paths", with(usual, ":path", "/")));
        all.add(malformed("8.3.1 two authorities", with(usual, ":authority", "b")));
    }

    private static String[] with(String[] usual, String name, String value) {
        String[] all = Arrays.copyOf(usual, usual.length + 2);
        all[usual.length] = name;
        all[usual.length + 1] = value;
        return all;
    }

    private static void compression(List<Violation> all) {
        all.add(undecodable("7541 2.3.3 an index that no table has", of(0xc6)));
        all.add(undecodable("7541 4.2 a change of the table's size at the end of a block", concat(GET, of(0x21))));
        all.add(undecodable("7541 5.2 a Huffman string padded with more than 7 bits", huffman(0xf9, 0xff)));
        all.add(undecodable("7541 5.2 a Huffman string padded with zeros", huffman(0x00)));
        all.add(undecodable("7541 5.2 a Huffman string with EOS", huffman(0xff, 0xff, 0xff, 0xff)));
        all.add(undecodable("7541 6.1 index 0", of(0x80)));
        all.add(undecodable("7541 6.3 a table size beyond the limit", of(0x3f, 0xe1, 0xff, 0x03)));
        all.add(undecodable(
                "7541 5.1 an integer that never ends", of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01)));
        all.add(undecodable("7541 5.2 a string longer than its block", of(0x00, 0x7f, 0x01)));
    }

    private static Violation undecodable(String what, byte[] fields) {
        byte[] all = fields.length > GET.length ? fields : concat(GET, fields);
        byte[] sent = what.contains("table size beyond") ? concat(fields, GET) : all;
        return violation(what, c -> c.frame(HEADERS, END_STREAM | END_HEADERS, 1, sent), Http2Error.COMPRESSION_ERROR);
    }

    /** A literal field {@code x} with this Huffman string as its value. */
    private static byte[] huffman(int... code) {
        return concat(of(0x00, 0x01, 'x', 0x80 | code.length), of(code));
    }
}
