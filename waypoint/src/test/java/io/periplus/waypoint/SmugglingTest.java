package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.wire.workload.AppProtocol;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What could mean one thing to the waypoint and another to the application never reaches the application. */
class SmugglingTest {
    /** What the waypoint adds. */
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

    static Stream<SmugglingCorpus.Case> corpus() {
        return Stream.of(SmugglingCorpus.framing(), SmugglingCorpus.lines(), SmugglingCorpus.paths())
                .flatMap(List::stream);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("corpus")
    void bothEdgesSeeTheSame(SmugglingCorpus.Case tried) throws Exception {
        application.requests.clear();
        try (RawClient client = new RawClient(finance)) {
            client.send(tried.bytes());
            RawClient.Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(tried.status());
            if (tried.backend().isEmpty()) {
                assertThat(answer.header("connection")).isEqualTo("close");
                assertThat(client.ended()).isTrue();
            } else {
                client.socket.shutdownOutput();
                assertThat(client.ended()).as("one answer and no more").isTrue();
            }
        }
        if (tried.backend().isEmpty()) {
            assertThat(application.requests).isEmpty();
        } else {
            assertThat(application.requests)
                    .singleElement()
                    .asString()
                    .satisfies(seen -> assertThat(seen.replaceAll(ADDED, "")).isEqualTo(tried.backend()));
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "a size that is no number | xyz~hello~0~~",
                "a negative size | -5~hello~0~~",
                "a size with a sign | +5~hello~0~~",
                "a size with a prefix | 0x5~hello~0~~",
                "an empty size | ~hello~0~~",
                "more data than the size | 3~hello~0~~",
                "less data than the size | 6~hello~0~~",
                "a size beyond any number | fffffffffffffffff~hello~0~~",
                "a size that overflows to 5 | 100000005100000005~hello~0~~",
                "a bare line feed after the size | 5\\nhello~0~~",
                "a bare line feed after the data | 5~hello\\n0~~",
                "a bare line feed in an extension | 5;x\\ny~hello~0~~",
                "a bare carriage return in an extension | 5;x\\ry~hello~0~~",
                "a folded trailer | 5~hello~0~X: y~ z~~",
                "a bare line feed among the trailers | 5~hello~0~X: y\\nGET /smuggled HTTP/1.1~~"
            })
    void aBadChunkNeverBecomesAnotherRequest(String what, String body) throws Exception {
        application.requests.clear();
        String sent = body.replace("~", "\r\n").replace("\\n", "\n").replace("\\r", "\r");
        try (RawClient client = new RawClient(finance)) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + sent
                    + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
            String all = new String(client.socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(all).startsWith("HTTP/1.1 400 ");
            assertThat(all.split("HTTP/1.1 ", -1).length - 1).as(all).isEqualTo(1);
        }
        assertThat(application.requests).isEmpty();
    }

    @Test
    void limitsAre431() throws Exception {
        for (String request : List.of(
                "GET / HTTP/1.1\r\nHost: a\r\nX-Big: " + "x".repeat(61_440) + "\r\n\r\n",
                "GET /" + "x".repeat(61_440) + " HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\n" + "X-A: b\r\n".repeat(100) + "\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\n" + ("X: " + "x".repeat(1000) + "\r\n").repeat(90) + "\r\n")) {
            try (RawClient client = new RawClient(finance)) {
                assertThat(client.send(request).answer().status()).isEqualTo(431);
                assertThat(client.ended()).isTrue();
            }
        }
    }

    @Test
    void whatIsWithinTheLimitsPasses() throws Exception {
        for (String request : List.of(
                "GET /" + "x".repeat(61_000) + " HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(61_000) + "\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\n" + "X-A: b\r\n".repeat(97) + "\r\n")) {
            try (RawClient client = new RawClient(finance)) {
                assertThat(client.send(request).answer().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void aRequestThatComesByteByByteIsServed() throws Exception {
        try (RawClient client = new RawClient(finance)) {
            for (char c : "\r\nPOST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n x ".toCharArray()) {
                client.send(String.valueOf(c));
            }
            assertThat(client.answer().body()).isEqualTo("ok");
        }
    }
}
