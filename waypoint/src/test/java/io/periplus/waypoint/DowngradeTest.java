package io.periplus.waypoint;

import static io.periplus.waypoint.H2Client.DATA;
import static io.periplus.waypoint.H2Client.END_STREAM;
import static io.periplus.waypoint.H2Client.GOAWAY;
import static io.periplus.waypoint.H2Client.HEADERS;
import static io.periplus.waypoint.H2Client.RST_STREAM;
import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.wire.workload.AppProtocol;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests of HTTP/2 that would become several, or others, in HTTP/1.1. */
class DowngradeTest {
    private static final String ADDED = "(x-request-id|x-forwarded-proto|x-envoy-[a-z-]*): [^\r]*\r\n";
    private static Rig rig;
    private static Recorder application;
    private static InetSocketAddress finance;

    @BeforeAll
    static void start() {
        rig = new Rig();
        application = new Recorder("127.0.1.1");
        rig.service(AppProtocol.HTTP11, application.port(), "127.0.1.1");
        finance = rig.client(Rig.FINANCE);
    }

    @AfterAll
    static void stop() throws Exception {
        application.close();
        rig.close();
    }

    @BeforeEach
    void forget() {
        application.requests.clear();
    }

    /** Fields of a request; the usual ones are added where they are missing. */
    private record Trick(String what, String... fields) {
        private String[] all() {
            List<String> sent = new java.util.ArrayList<>();
            String[] usual = {":method", "GET", ":scheme", "http", ":path", "/", ":authority", "a"};
            for (int i = 0; i < usual.length; i += 2) {
                if (!List.of(fields).contains(usual[i])) {
                    sent.addAll(List.of(usual[i], usual[i + 1]));
                }
            }
            sent.addAll(List.of(fields));
            return sent.toArray(String[]::new);
        }

        @Override
        public String toString() {
            return what;
        }
    }

    static Stream<Trick> tricks() {
        return Stream.of(
                new Trick("a line break in a value", "x", "y\r\nGET /smuggled HTTP/1.1\r\nhost: b"),
                new Trick("a line feed in a value", "x", "y\ntransfer-encoding: chunked"),
                new Trick("a carriage return in a value", "x", "y\rz"),
                new Trick("a null byte in a value", "x", "y\0z"),
                new Trick("a line break in a name", "x: y\r\ntransfer-encoding", "chunked"),
                new Trick("a colon in a name", "transfer-encoding: chunked\r\nx", "y"),
                new Trick("a space in a name", "transfer-encoding ", "chunked"),
                new Trick("a name in upper case", "Transfer-Encoding", "chunked"),
                new Trick("a transfer coding", "transfer-encoding", "chunked"),
                new Trick("a connection field", "connection", "x-y"),
                new Trick("an upgrade", "upgrade", "websocket"),
                new Trick("a method that is a request line", ":method", "GET / HTTP/1.1\r\nhost: b\r\n\r\nGET"),
                new Trick("a method with a space", ":method", "GET /smuggled"),
                new Trick("an empty method", ":method", ""),
                new Trick("a path with a space", ":path", "/ HTTP/1.1 /"),
                new Trick("a path with a line break", ":path", "/ HTTP/1.1\r\nx: y\r\n\r\nGET /smuggled"),
                new Trick("a path with a tab", ":path", "/\tx"),
                new Trick("a path with a null byte", ":path", "/\0"),
                new Trick("a path that is none", ":path", "x"),
                new Trick("a path with a fragment", ":path", "/#x"),
                new Trick("an absolute path", ":path", "http://b/"),
                new Trick("an empty path", ":path", ""),
                new Trick("the path of OPTIONS", ":path", "*"),
                new Trick("an authority with a line break", ":authority", "a\r\nx: y"),
                new Trick("an authority with a path", ":authority", "a/smuggled"),
                new Trick("an authority with a space", ":authority", "a b"),
                new Trick("an authority with user information", ":authority", "user@a"),
                new Trick("an authority that is empty", ":authority", ""),
                new Trick("another host than the authority", "host", "b"),
                new Trick("two hosts", "host", "a", "host", "a"),
                new Trick("a scheme that is an address", ":scheme", "http://b/?"),
                new Trick("a scheme that is empty", ":scheme", ""),
                new Trick("two lengths", "content-length", "0", "content-length", "5"),
                new Trick("a list of different lengths", "content-length", "0, 5"),
                new Trick("a signed length", "content-length", "+0"),
                new Trick("a length that is none", "content-length", "x"),
                new Trick("a length without content", "content-length", "5"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tricks")
    void isRefused(Trick trick) throws Exception {
        try (H2Client client = H2Client.open(finance)) {
            client.headers(1, END_STREAM, trick.all()).flush();
            H2Client.Frame frame;
            do {
                frame = client.next();
            } while (frame.type() != HEADERS && frame.type() != RST_STREAM && frame.type() != GOAWAY);
            if (frame.type() == HEADERS) {
                assertThat(client.decode(frame).status()).asString().isEqualTo("400");
            }
        }
        assertThat(application.requests).isEmpty();
    }

    @Test
    void whatIsFineBecomesOneRequest() throws Exception {
        try (H2Client client = H2Client.open(finance)) {
            client.request(
                            1,
                            0,
                            "POST",
                            "/a/../b?x",
                            "cookie",
                            "a=1",
                            "content-length",
                            "3",
                            "cookie",
                            "b=2",
                            "te",
                            "trailers",
                            "host",
                            "A")
                    .frame(DATA, END_STREAM, 1, "abc".getBytes(StandardCharsets.US_ASCII))
                    .flush();
            assertThat(client.answer()).isEqualTo("200|ok");
        }
        assertThat(application.requests)
                .singleElement()
                .asString()
                .satisfies(seen -> assertThat(seen.replaceAll(ADDED, ""))
                        .isEqualTo("POST /b?x HTTP/1.1\r\nhost: a\r\ncookie: a=1; b=2\r\ncontent-length: 3\r\n"
                                + "te: trailers\r\n\r\nabc"));
    }

    @Test
    void lessContentThanPromisedNeverBecomesAnotherRequest() throws Exception {
        try (H2Client client = H2Client.open(finance)) {
            client.request(1, 0, "POST", "/", "content-length", "50")
                    .frame(DATA, END_STREAM, 1, "abc".getBytes(StandardCharsets.US_ASCII))
                    .get(3, "/next")
                    .flush();
            assertThat(client.next(RST_STREAM).stream()).isEqualTo(1);
            assertThat(client.answer()).isEqualTo("200|ok");
        }
        assertThat(application.requests).allSatisfy(seen -> assertThat(seen).startsWith("GET /next HTTP/1.1\r\n"));
    }

    @Test
    void contentThatLooksLikeAChunkIsChunked() throws Exception {
        try (H2Client client = H2Client.open(finance)) {
            client.request(1, 0, "POST", "/")
                    .frame(DATA, 0, 1, "0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII))
                    .frame(DATA, END_STREAM, 1)
                    .flush();
            assertThat(client.answer()).isEqualTo("200|ok");
        }
        assertThat(application.requests)
                .singleElement()
                .asString()
                .contains("transfer-encoding: chunked\r\n", "1f\r\n0\r\n\r\nGET /smuggled");
    }
}
