package io.periplus.waypoint.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the first bytes of a client say about its protocol. {@code ~} stands for CR LF. */
class SnifferTest {
    private static Sniffer.Verdict look(String text) {
        return Sniffer.look(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
    }

    @ParameterizedTest(name = "{0} is {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "a request | GET / HTTP/1.1~Host: a~~ | HTTP1",
                "a request of HTTP/1.0 | GET / HTTP/1.0~ | HTTP1",
                "a request line that ends with a line feed | GET / HTTP/1.1\\n | HTTP1",
                "an absolute target | GET http://a/ HTTP/1.1~ | HTTP1",
                "an unusual method | VERSION-CONTROL /x HTTP/1.1~ | HTTP1",
                "an empty line before it | ~GET / HTTP/1.1~ | HTTP1",
                "line feeds before it | \\n\\nGET / HTTP/1.1\\n | HTTP1",
                "nothing but empty lines | ~~ | VAGUE",
                "a method of any token | M4K3! / HTTP/1.1~ | HTTP1",
                "tabs in place of spaces | GET\\x09/\\x09HTTP/1.1~ | HTTP1",
                "spaces at the end | GET / HTTP/1.1  ~ | HTTP1",
                "a word more | GET / HTTP/1.1 x~ | HTTP1",
                "a version in small letters | GET / http/1.1~ | HTTP1",
                "a method and no more | GET | VAGUE",
                "half a request line | GET /some/pa | UNDECIDED",
                "a request line without its end | GET / HTTP/1.1 | UNDECIDED",
                "the preface of HTTP/2 | PRI * HTTP/2.0~~SM~~ | HTTP2",
                "half of the preface | PRI * HTTP/2.0~~S | UNDECIDED",
                "a broken preface | PRI * HTTP/2.0~~XX | HTTP1",
                "TLS | \\x16\\x03\\x01\\x02\\x00\\x01\\x00\\x01\\xfc\\x03\\x03 | TCP",
                "an answer to MySQL's greeting | \\x54\\x00\\x00\\x01\\x85\\xa6\\xff\\x20 | TCP",
                "PostgreSQL | \\x00\\x00\\x00\\x08\\x04\\xd2\\x16\\x2f | TCP",
                "Redis | *1~$4~PING~ | TCP",
                "Redis, typed by hand | PING~ | TCP",
                "memcached | get key~ | TCP",
                "SMTP | EHLO mail.example~ | TCP",
                "SSH | SSH-2.0-OpenSSH_9.6 Debian~ | TCP",
                "MQTT | \\x10\\x0c\\x00\\x04MQTT | TCP",
                "MongoDB | \\x3a\\x00\\x00\\x00\\x01\\x00\\x00\\x00 | TCP",
                "a line of another version | GET / HTTP/3~ | HTTP1",
                "HTTP/0.9 | GET /~ | TCP"
            })
    void isRecognised(String what, String text, Sniffer.Verdict verdict) {
        assertThat(look(bytes(text))).isEqualTo(verdict);
    }

    private static String bytes(String text) {
        StringBuilder all = new StringBuilder();
        String plain = text.replace("~", "\r\n").replace("\\n", "\n");
        for (int i = 0; i < plain.length(); i++) {
            if (plain.startsWith("\\x", i)) {
                all.append((char) Integer.parseInt(plain.substring(i + 2, i + 4), 16));
                i += 3;
            } else {
                all.append(plain.charAt(i));
            }
        }
        return all.toString();
    }

    @Test
    void everyPartOfARequestLineLeavesItOpen() {
        String line = "GET /a HTTP/1.1\r\n";
        IntStream.range(1, line.length())
                .forEach(length -> assertThat(look(line.substring(0, length)))
                        .as(line.substring(0, length))
                        .isEqualTo(length < 4 ? Sniffer.Verdict.VAGUE : Sniffer.Verdict.UNDECIDED));
    }

    @Test
    void aLineBeyondTheLimitsOfARequestIsNone() {
        assertThat(look("GET /" + "x".repeat(61_000))).isEqualTo(Sniffer.Verdict.UNDECIDED);
        assertThat(look("GET /" + "x".repeat(62_000))).isEqualTo(Sniffer.Verdict.TCP);
        assertThat(look("X".repeat(40))).isEqualTo(Sniffer.Verdict.TCP);
    }
}
