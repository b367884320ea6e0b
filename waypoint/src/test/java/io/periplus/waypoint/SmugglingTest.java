package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.wire.workload.AppProtocol;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What could mean one thing to the waypoint and another to the application never reaches the application. */
class SmugglingTest {
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

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "both length and chunked | POST / HTTP/1.1~Host: a~Content-Length: 5~Transfer-Encoding: chunked~~0~~ | 400",
                "chunked before length | POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked~Content-Length: 5~~0~~ | 400",
                "two lengths | POST / HTTP/1.1~Host: a~Content-Length: 5~Content-Length: 6~~hello | 400",
                "the same length twice | POST / HTTP/1.1~Host: a~Content-Length: 5~Content-Length: 5~~hello | 400",
                "a list of lengths | POST / HTTP/1.1~Host: a~Content-Length: 5, 5~~hello | 400",
                "a negative length | POST / HTTP/1.1~Host: a~Content-Length: -5~~hello | 400",
                "a signed length | POST / HTTP/1.1~Host: a~Content-Length: +5~~hello | 400",
                "a length in hexadecimal | POST / HTTP/1.1~Host: a~Content-Length: 0x5~~hello | 400",
                "an unknown coding | POST / HTTP/1.1~Host: a~Transfer-Encoding: xchunked~~0~~ | 501",
                "a coding before chunked | POST / HTTP/1.1~Host: a~Transfer-Encoding: gzip, chunked~~0~~ | 501",
                "two codings | POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked~Transfer-Encoding: identity~~0~~ | 400",
                "a folded header | GET / HTTP/1.1~Host: a~X-A: b~ c~~ | 400",
                "a fold after the request line | GET / HTTP/1.1~ Content-Length: 5~Host: a~~hello | 400",
                "a space before the colon | POST / HTTP/1.1~Host: a~Content-Length : 5~~hello | 400",
                "a header without a name | GET / HTTP/1.1~Host: a~: b~~ | 400",
                "a header without a colon | GET / HTTP/1.1~Host: a~nonsense~~ | 400",
                "two hosts | GET / HTTP/1.1~Host: a~Host: b~~ | 400",
                "no host | GET / HTTP/1.1~~ | 400",
                "an old version | GET / HTTP/1.0~Host: a~~ | 426",
                "no version | GET /~~ | 400",
                "an impossible version | GET / HTTP/2.0~Host: a~~ | 400",
                "CONNECT | CONNECT a:443 HTTP/1.1~Host: a~~ | 403",
                "an unknown upgrade | GET / HTTP/1.1~Host: a~Connection: upgrade~Upgrade: irc~~ | 403",
                "a path with a fragment | GET /a#b HTTP/1.1~Host: a~~ | 400",
                "a path that is none | GET a HTTP/1.1~Host: a~~ | 400"
            })
    void isRefused(String what, String request, int status) throws Exception {
        int before = application.requests.get();
        try (RawClient client = new RawClient(finance)) {
            RawClient.Answer answer =
                    client.send(request.strip().replace("~", "\r\n")).answer();
            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.header("connection")).isEqualTo("close");
            assertThat(client.ended()).isTrue();
        }
        assertThat(application.requests.get()).isEqualTo(before);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "a size that is no number | xyz~hello~0~~",
                "a negative size | -5~hello~0~~",
                "a size with a prefix | 0x5~hello~0~~",
                "more data than the size | 3~hello~0~~",
                "a size beyond any number | fffffffffffffffff~hello~0~~"
            })
    void aBadChunkNeverBecomesAnotherRequest(String what, String body) throws Exception {
        try (RawClient client = new RawClient(finance)) {
            client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + body.strip().replace("~", "\r\n")
                    + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
            String all =
                    new String(client.socket.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            assertThat(all.split("HTTP/1.1 ", -1).length - 1).as(all).isLessThanOrEqualTo(1);
        } catch (java.net.SocketException reset) {
            assertThat(reset).hasMessageContaining("reset");
        }
    }

    @Test
    void headersBeyondTheLimitAre431() throws Exception {
        try (RawClient client = new RawClient(finance)) {
            RawClient.Answer answer = client.send(
                            "GET / HTTP/1.1\r\nHost: a\r\nX-Big: " + "x".repeat(70_000) + "\r\n\r\n")
                    .answer();
            assertThat(answer.status()).isEqualTo(431);
        }
    }

    @Test
    void moreThanAHundredHeadersAre431() throws Exception {
        try (RawClient client = new RawClient(finance)) {
            RawClient.Answer answer = client.send("GET / HTTP/1.1\r\nHost: a\r\n" + "X-A: b\r\n".repeat(101) + "\r\n")
                    .answer();
            assertThat(answer.status()).isEqualTo(431);
        }
    }

    @Test
    void aRequestThatComesByteByByteIsServed() throws Exception {
        try (RawClient client = new RawClient(finance)) {
            for (char c : "\r\nPOST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n x ".toCharArray()) {
                client.send(String.valueOf(c));
            }
            assertThat(client.answer().body()).isEqualTo(" x ");
        }
    }

    @Test
    void anAbsoluteTargetNamesTheHost() throws Exception {
        try (RawClient client = new RawClient(finance)) {
            assertThat(client.send("GET http://real:1/headers HTTP/1.1\r\nHost: other\r\n\r\n")
                            .answer()
                            .body())
                    .startsWith("/headers\n")
                    .contains("host: real:1\n");
        }
    }
}
