package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.wire.workload.AppProtocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an endpoint may answer, and what becomes of answers that are none. {@code ~} stands for CR LF. */
class ResponseTest {
    private static final AtomicReference<String> ANSWER = new AtomicReference<>("");
    private static Rig rig;
    private static ServerSocket listener;
    private static InetSocketAddress finance;

    @BeforeAll
    static void start() throws IOException {
        rig = new Rig();
        listener = new ServerSocket(0, 64, InetAddress.ofLiteral("127.0.1.1"));
        rig.service(AppProtocol.HTTP11, listener.getLocalPort(), "127.0.1.1");
        finance = rig.client(Rig.FINANCE);
        Thread.startVirtualThread(() -> {
            while (!listener.isClosed()) {
                try {
                    Socket connection = listener.accept();
                    Thread.startVirtualThread(() -> serve(connection));
                } catch (IOException _) {
                    // The test is over.
                }
            }
        });
    }

    @AfterAll
    static void stop() throws IOException {
        listener.close();
        rig.close();
    }

    /** Sends the answer as it stands to every request, and ends the connection where it says {@code END}. */
    private static void serve(Socket socket) {
        try (Socket connection = socket) {
            byte[] request = new byte[65536];
            while (connection.getInputStream().read(request) > 0) {
                String answer = ANSWER.get();
                connection.getOutputStream().write(answer.replace("END", "").getBytes(StandardCharsets.ISO_8859_1));
                if (answer.endsWith("END")) {
                    return;
                }
            }
        } catch (IOException _) {
            // The other side left.
        }
    }

    private static void answer(String text) {
        ANSWER.set(text.strip()
                .replace("~", "\r\n")
                .replace("\\n", "\n")
                .replace("\\r", "\r")
                .replace("\\0", "\0"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "both length and chunked | HTTP/1.1 200 OK~Content-Length: 5~Transfer-Encoding: chunked~~0~~",
                "two lengths | HTTP/1.1 200 OK~Content-Length: 5~Content-Length: 6~~hello",
                "the same length twice | HTTP/1.1 200 OK~Content-Length: 5~Content-Length: 5~~hello",
                "a list of lengths | HTTP/1.1 200 OK~Content-Length: 5, 5~~hello",
                "a signed length | HTTP/1.1 200 OK~Content-Length: +5~~hello",
                "two codings | HTTP/1.1 200 OK~Transfer-Encoding: chunked~Transfer-Encoding: chunked~~0~~",
                "an unknown coding | HTTP/1.1 200 OK~Transfer-Encoding: gzip, chunked~~0~~",
                "a folded header | HTTP/1.1 200 OK~X: y~ z~Content-Length: 0~~",
                "a space before the colon | HTTP/1.1 200 OK~Content-Length : 0~~",
                "a bare line feed | HTTP/1.1 200 OK\\nContent-Length: 0~~",
                "a bare carriage return | HTTP/1.1 200 OK~X: y\\rz~Content-Length: 0~~",
                "a null byte | HTTP/1.1 200 OK~X: y\\0z~Content-Length: 0~~",
                "a status of two digits | HTTP/1.1 20 OK~Content-Length: 0~~",
                "a status of four digits | HTTP/1.1 2000 OK~Content-Length: 0~~",
                "a status below 100 | HTTP/1.1 099 OK~Content-Length: 0~~",
                "another version | HTTP/2.0 200 OK~Content-Length: 0~~",
                "no status line | <html>hello</html>~~",
                "a switch nobody asked for | HTTP/1.1 101 Switching Protocols~Upgrade: websocket~Connection: upgrade~~",
                "more than a hundred fields | MANY",
                "fields beyond the limit | LARGE"
            })
    void anAnswerThatIsNoneIs502(String what, String text) throws Exception {
        answer(
                switch (text) {
                    case "MANY" -> "HTTP/1.1 200 OK~" + "X: y~".repeat(101) + "Content-Length: 0~~";
                    case "LARGE" -> "HTTP/1.1 200 OK~X: " + "y".repeat(61_440) + "~Content-Length: 0~~";
                    default -> text;
                });
        try (RawClient client = new RawClient(finance)) {
            RawClient.Answer got = client.get("/");
            assertThat(got.status()).isEqualTo(502);
            assertThat(got.body())
                    .isEqualTo(
                            "upstream connect error or disconnect/reset before headers. reset reason: protocol error");
            answer("HTTP/1.1 200 OK~Content-Length: 2~~ok");
            assertThat(client.get("/").body()).isEqualTo("ok");
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "a body to the end of the connection | HTTP/1.1 200 OK~~helloEND | 200 | hello",
                "HTTP/1.0 | HTTP/1.0 200 OK~~helloEND | 200 | hello",
                "HTTP/1.0 that keeps the connection | HTTP/1.0 200 OK~Connection: keep-alive~Content-Length: 5~~hello | 200 | hello",
                "no reason | HTTP/1.1 200~Content-Length: 5~~hello | 200 | hello",
                "an empty reason | HTTP/1.1 200 ~Content-Length: 5~~hello | 200 | hello",
                "an unusual status | HTTP/1.1 799 Odd~Content-Length: 5~~hello | 799 | hello",
                "chunks | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~2~he~3;x~llo~0~~ | 200 | hello",
                "chunks of HTTP/1.0 | HTTP/1.0 200 OK~Transfer-Encoding: chunked~~5~hello~0~~END | 200 | hello",
                "204 with a length | HTTP/1.1 204 No Content~Content-Length: 0~~ | 204 | ''",
                "304 with a length | HTTP/1.1 304 Not Modified~Content-Length: 5~~ | 304 | ''"
            })
    void whatServersSendReachesTheClient(String what, String text, int status, String body) throws Exception {
        answer(text);
        try (RawClient client = new RawClient(finance)) {
            for (int i = 0; i < 3; i++) {
                RawClient.Answer got = client.get("/");
                assertThat(got.status()).isEqualTo(status);
                assertThat(got.body()).isEqualTo(body.equals("''") ? "" : body);
            }
        }
    }

    @Test
    void interimAnswersGoAheadOfTheFinalOne() throws Exception {
        answer(
                "HTTP/1.1 103 Early Hints~Link: </a.css>; rel=preload~Connection: x-y~X-Y: z~~HTTP/1.1 103 Early Hints~Link: </b.js>~~"
                        + "HTTP/1.1 102 Processing~~HTTP/1.1 200 OK~Content-Length: 2~~ok");
        try (RawClient client = new RawClient(finance)) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.head())
                    .startsWith("HTTP/1.1 103 Early Hints\r\n")
                    .contains("link: </a.css>; rel=preload\r\n")
                    .doesNotContain("connection", "x-y");
            assertThat(client.head()).contains("link: </b.js>\r\n");
            assertThat(client.head()).startsWith("HTTP/1.1 102 ");
            assertThat(client.answer().body()).isEqualTo("ok");
        }
        try (H2Client client = H2Client.open(finance)) {
            client.get(1, "/").flush();
            assertThat(client.decode(client.next(H2Client.HEADERS)).status())
                    .asString()
                    .isEqualTo("103");
            assertThat(client.decode(client.next(H2Client.HEADERS)).status())
                    .asString()
                    .isEqualTo("103");
            assertThat(client.decode(client.next(H2Client.HEADERS)).status())
                    .asString()
                    .isEqualTo("102");
            assertThat(client.answer()).isEqualTo("200|ok");
        }
    }

    @Test
    void theAnswerToHeadHasALengthAndNoBody() throws Exception {
        answer("HTTP/1.1 200 OK~Content-Length: 1234~~");
        try (RawClient client = new RawClient(finance)) {
            RawClient.Answer head =
                    client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").answer(true);
            assertThat(head.header("content-length")).isEqualTo("1234");
            assertThat(client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
                            .answer(true)
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void contentThatNobodyAskedForNeverBecomesAnAnswer() throws Exception {
        answer("HTTP/1.1 204 No Content~~HTTP/1.1 200 OK~Content-Length: 8~~poisoned");
        try (RawClient client = new RawClient(finance)) {
            assertThat(client.get("/").status()).isEqualTo(204);
            answer("HTTP/1.1 200 OK~Content-Length: 2~~ok");
            assertThat(client.get("/").body()).isEqualTo("ok");
        }
    }
}
