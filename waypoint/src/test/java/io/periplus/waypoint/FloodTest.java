package io.periplus.waypoint;

import static io.periplus.waypoint.H2Client.CONTINUATION;
import static io.periplus.waypoint.H2Client.DATA;
import static io.periplus.waypoint.H2Client.END_HEADERS;
import static io.periplus.waypoint.H2Client.END_STREAM;
import static io.periplus.waypoint.H2Client.GOAWAY;
import static io.periplus.waypoint.H2Client.HEADERS;
import static io.periplus.waypoint.H2Client.PING;
import static io.periplus.waypoint.H2Client.RST_STREAM;
import static io.periplus.waypoint.H2Client.SETTINGS;
import static io.periplus.waypoint.H2Client.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.util.internal.PlatformDependent;
import io.periplus.wire.workload.AppProtocol;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Clients of HTTP/2 that make work and give none: each is cut off, and the others are served. */
class FloodTest {
    private static final byte[] NOTHING = {};
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

    @AfterEach
    void everythingIsLetGoAndOthersAreServed() throws Exception {
        try (H2Client other = H2Client.open(finance)) {
            other.get(1, "/").flush();
            assertThat(other.answer()).isEqualTo("200|app");
        }
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(
                        () -> assertThat(rig.waypoint.requestsInProgress()).isZero());
    }

    /** The connection ends with that error, or without a word where the client's flood is in the way of it. */
    private static void isCutOff(H2Client client, Http2Error error) throws Exception {
        H2Client.Frame away = client.next(GOAWAY);
        if (away != null) {
            assertThat(Http2Error.valueOf(away.error())).isEqualTo(error);
            H2Client.Frame rest;
            do {
                rest = client.next();
            } while (rest != null);
        }
    }

    @Test
    void rapidReset() throws Exception {
        try (H2Client client = H2Client.open(finance)) {
            for (int i = 0; i < 3000; i++) {
                client.get(2 * i + 1, "/").frame(RST_STREAM, 0, 2 * i + 1, number(8));
                if (i % 100 == 0) {
                    client.flush();
                }
            }
            client.flush();
            isCutOff(client, Http2Error.ENHANCE_YOUR_CALM);
        }
    }

    @Test
    void cancelledCallsAtAnImpatientClientsRateAreServed() throws Exception {
        try (H2Client client = H2Client.open(finance)) {
            for (int i = 0; i < 500; i++) {
                client.request(2 * i + 1, 0, "POST", "/echo").frame(RST_STREAM, 0, 2 * i + 1, number(8));
                client.flush();
            }
            client.get(1001, "/").flush();
            H2Client.Frame head;
            do {
                head = client.next(HEADERS);
            } while (head.stream() != 1001);
            assertThat(client.decode(head).status()).asString().isEqualTo("200");
        }
    }

    @Test
    void endlessContinuation() throws Exception {
        try (H2Client client = H2Client.open(finance)) {
            client.frame(HEADERS, END_STREAM, 1, Http2Violations.GET);
            for (int i = 0; i < 100; i++) {
                client.frame(CONTINUATION, 0, 1, H2Client.block("x", "y"));
            }
            client.flush();
            isCutOff(client, Http2Error.ENHANCE_YOUR_CALM);
        }
        try (H2Client client = H2Client.open(finance)) {
            client.frame(HEADERS, END_STREAM, 1, Http2Violations.GET);
            for (int i = 0; i < 100; i++) {
                client.frame(CONTINUATION, 0, 1, H2Client.block("x", "y".repeat(16_000)));
                client.flush();
            }
            isCutOff(client, Http2Error.PROTOCOL_ERROR);
        }
    }

    @Test
    void fieldsThatUnpackToMuchMoreThanWasSent() throws Exception {
        try (H2Client client = H2Client.open(finance)) {
            byte[] bomb = new byte[3 + 4000 + 10_000];
            byte[] field = H2Client.block("x", "y".repeat(3900));
            field[0] = 0x40;
            System.arraycopy(field, 0, bomb, 0, field.length);
            java.util.Arrays.fill(bomb, field.length, bomb.length, (byte) 0xbe);
            client.frame(HEADERS, END_STREAM | END_HEADERS, 1, H2Client.concat(Http2Violations.GET, bomb))
                    .flush();
            H2Client.Frame frame;
            do {
                frame = client.next();
            } while (frame != null && frame.type() != HEADERS && frame.type() != GOAWAY && frame.type() != RST_STREAM);
            if (frame != null && frame.type() == HEADERS) {
                assertThat(client.decode(frame).status()).asString().isEqualTo("431");
            }
        }
    }

    @Test
    void pingsAndSettingsWhoseAnswersNobodyReads() throws Exception {
        long before = PlatformDependent.usedDirectMemory();
        for (int type : new int[] {PING, SETTINGS}) {
            byte[] payload = type == PING ? new byte[8] : NOTHING;
            try (H2Client client = H2Client.open(finance)) {
                for (int i = 0; i < 100; i++) {
                    for (int j = 0; j < 1000; j++) {
                        client.frame(type, 0, 0, payload);
                    }
                    client.socket.setSoTimeout(1);
                    client.flush();
                }
            }
        }
        assertThat(PlatformDependent.usedDirectMemory() - before).isLessThan(32L << 20);
    }

    @Test
    void emptyDataWithoutEnd() throws Exception {
        try (H2Client client = H2Client.open(finance)) {
            client.request(1, 0, "POST", "/echo");
            for (int i = 0; i < 1000; i++) {
                client.frame(DATA, 0, 1);
            }
            client.flush();
            isCutOff(client, Http2Error.ENHANCE_YOUR_CALM);
        }
    }

    @Test
    void streamsThatStopTheirWindowHoldNoMoreThanThat() throws Exception {
        long before = PlatformDependent.usedDirectMemory();
        try (H2Client client = H2Client.open(finance)) {
            client.settings(4, 0);
            for (int i = 0; i < 100; i++) {
                client.get(2 * i + 1, "/stream?bytes=100000000");
            }
            client.flush();
            for (int i = 0; i < 100; i++) {
                assertThat(client.next(HEADERS)).isNotNull();
            }
            assertThat(PlatformDependent.usedDirectMemory() - before).isLessThan(100L << 20);
        }
    }
}
