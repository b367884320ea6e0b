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
import static io.periplus.waypoint.H2Client.PRIORITISED;
import static io.periplus.waypoint.H2Client.RST_STREAM;
import static io.periplus.waypoint.H2Client.SETTINGS;
import static io.periplus.waypoint.H2Client.WINDOW_UPDATE;
import static io.periplus.waypoint.H2Client.block;
import static io.periplus.waypoint.H2Client.concat;
import static io.periplus.waypoint.H2Client.number;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Error;
import io.periplus.wire.workload.AppProtocol;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What RFC 9113 and RFC 7541 ask of a server, section by section, as seen on the wire. */
class Http2ConformanceTest {
    private static Rig rig;
    private static Application application;
    private static InetSocketAddress finance;

    @BeforeAll
    static void start() {
        rig = new Rig();
        application = new Application("127.0.1.1", 0, "app");
        rig.service(AppProtocol.HTTP11, application.port(), "127.0.1.1");
        finance = rig.client(Rig.FINANCE);
    }

    @AfterAll
    static void stop() {
        application.close();
        rig.close();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.periplus.waypoint.Http2Violations#all")
    void aViolationIsAnsweredWithItsError(Http2Violations.Violation violation) throws Exception {
        try (H2Client client = H2Client.open(finance)) {
            violation.script().on(client);
            client.flush();
            H2Client.Frame frame;
            while ((frame = client.next()) != null) {
                if (frame.type() == RST_STREAM || frame.type() == GOAWAY) {
                    assertThat(violation.errors()).contains(Http2Error.valueOf(frame.error()));
                    return;
                }
                if (frame.type() == HEADERS && violation.what().startsWith("8.3")) {
                    // An answer may precede the reset (RFC 9113 §8.1.1), but no endpoint's.
                    assertThat(client.decode(frame).status()).asString().isEqualTo("400");
                }
            }
            assertThat(violation.what())
                    .as("the connection ended without a word")
                    .isEmpty();
        }
    }

    @Test
    void whatIsUnknownIsIgnored() throws Exception {
        try (H2Client client = H2Client.open(finance)) {
            client.frame(0x16, 0, 0, Http2Violations.of(1, 2, 3))
                    .settings(0xff, 1)
                    .frame(PING, 0x16, 0, ascii("12345678"))
                    .frame(GOAWAY, 0, 0, concat(number(0), number(0xff)))
                    .flush();
            assertThat(client.next(PING).text()).isEqualTo("12345678");
        }
        try (H2Client client = H2Client.open(finance)) {
            client.frame(HEADERS, END_STREAM | END_HEADERS, 0x8000_0001, Http2Violations.GET)
                    .flush();
            assertThat(client.answer()).isEqualTo("200|app");
            client.frame(0x20, 0xff, 1, Http2Violations.of(1)).get(3, "/").flush();
            assertThat(client.answer()).isEqualTo("200|app");
        }
    }

    @Test
    void aFieldBlockMayComeInPiecesWithPaddingAndPriority() throws Exception {
        try (H2Client client = H2Client.open(finance)) {
            byte[] padded = concat(concat(Http2Violations.of(3, 0, 0, 0, 0, 15), Http2Violations.GET), new byte[3]);
            client.frame(HEADERS, END_STREAM | PADDED | PRIORITISED, 1, padded)
                    .frame(CONTINUATION, 0, 1, block("x", "y"))
                    .frame(CONTINUATION, END_HEADERS, 1, block("x", "z"))
                    .flush();
            assertThat(client.answer()).isEqualTo("200|app");
        }
    }

    @Test
    void settingsAreAcknowledgedAndPingsAnswered() throws Exception {
        try (H2Client client = H2Client.open(finance)) {
            client.settings(3, 100)
                    .frame(PING, 0, 0, ascii("abcdefgh"))
                    .frame(PING, ACK, 0, ascii("unasked!"))
                    .flush();
            H2Client.Frame acknowledged;
            do {
                acknowledged = client.next(SETTINGS);
            } while (!acknowledged.has(ACK));
            H2Client.Frame pong = client.next(PING);
            assertThat(pong.has(ACK)).isTrue();
            assertThat(pong.text()).isEqualTo("abcdefgh");
        }
    }

    @Test
    void aWindowOfOneByteGetsOneByte() throws Exception {
        try (H2Client client = H2Client.open(finance)) {
            client.settings(4, 9, 4, 1).get(1, "/").flush();
            H2Client.Frame data = client.next(DATA);
            assertThat(data.text()).isEqualTo("a");
            client.settings(4, 2).flush();
            assertThat(client.next(DATA).text()).isEqualTo("p");
            client.frame(WINDOW_UPDATE, 0, 1, number(1)).flush();
            H2Client.Frame last = client.next(DATA);
            assertThat(last.text()).isEqualTo("p");
        }
    }

    @Test
    void aWindowMayBecomeNegative() throws Exception {
        try (H2Client client = H2Client.open(finance)) {
            client.settings(4, 2).get(1, "/").flush();
            assertThat(client.next(DATA).text()).isEqualTo("ap");
            client.settings(4, 0)
                    .frame(WINDOW_UPDATE, 0, 1, number(2))
                    .frame(PING, 0, 0, new byte[8])
                    .flush();
            H2Client.Frame next;
            do {
                next = client.next();
                assertThat(next.type()).isNotEqualTo(DATA);
            } while (next.type() != PING);
            client.frame(WINDOW_UPDATE, 0, 1, number(1)).flush();
            assertThat(client.next(DATA).text()).isEqualTo("p");
        }
    }

    @Test
    void aConnectionErrorIsGoawayAndTheEnd() throws Exception {
        try (H2Client client = H2Client.open(finance)) {
            client.frame(PING, 0, 1, new byte[8]).flush();
            assertThat(client.next(GOAWAY).error()).isEqualTo((int) Http2Error.PROTOCOL_ERROR.code());
            assertThat(client.next()).isNull();
        }
    }

    @Test
    void aStreamErrorLeavesTheOtherStreamsAlone() throws Exception {
        try (H2Client client = H2Client.open(finance)) {
            client.headers(1, END_STREAM, ":method", "GET", ":scheme", "http", ":path", "/", "X", "y")
                    .get(3, "/")
                    .flush();
            assertThat(client.answer()).isEqualTo("200|app");
        }
    }

    @Test
    void aWrongPrefaceEndsTheConnection() throws Exception {
        try (H2Client client = H2Client.silent(finance)) {
            client.bytes(ascii("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n")).flush();
            client.socket.getInputStream().readAllBytes();
        }
        try (H2Client client = H2Client.silent(finance)) {
            client.bytes(ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")).get(1, "/").flush();
            assertThat(client.next(GOAWAY).error()).isEqualTo((int) Http2Error.PROTOCOL_ERROR.code());
        }
    }
}
