package io.periplus.dataplane.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/** Requests that are wrong in a few places, the same for the same seed. */
final class Mutations {
    private static final List<String> SEEDS = List.of("plain", "two", "chunked", "absolute", "both-lengths");

    /** What matters to a parser. */
    private static final String[] PARTS = {
        "\r",
        "\n",
        "\r\n",
        "\r\n\r\n",
        " ",
        "\t",
        ":",
        ";",
        ",",
        "\0",
        "0",
        "5",
        "a",
        "\u00ff",
        "\u000b",
        "/",
        "#",
        "%",
        "?",
        "\\",
        "Content-Length: 3\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Host: c\r\n",
        "chunked",
        " HTTP/1.1",
        "0\r\n\r\n",
        "\r\n ",
        "-",
        "+",
        "_",
        "@",
        "[",
        "]",
        "http://"
    };

    private static final String[] NAMES = {
        ":method",
        ":path",
        ":scheme",
        ":authority",
        "host",
        "content-length",
        "cookie",
        "x",
        "te",
        "connection",
        "transfer-encoding",
        ":protocol",
        "X",
        ""
    };

    private static final String[] VALUES = {
        "GET",
        "POST",
        "/",
        "/a?b",
        "http",
        "https",
        "a",
        "a:80",
        "5",
        "trailers",
        "chunked",
        "",
        "x y",
        "websocket",
        "CONNECT"
    };

    private final Random random;
    private final List<byte[]> corpus = seeds();

    Mutations(long seed) {
        random = new Random(seed);
    }

    /** The corpus. */
    List<byte[]> seeds() {
        return SEEDS.stream().map(Mutations::seed).toList();
    }

    private static byte[] seed(String name) {
        try (InputStream in =
                Objects.requireNonNull(Mutations.class.getResourceAsStream("HttpFuzzInputs/requests/" + name), name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Bytes of an HTTP/1.1 connection. */
    byte[] next() {
        StringBuilder text =
                new StringBuilder(new String(corpus.get(random.nextInt(corpus.size())), StandardCharsets.ISO_8859_1));
        for (int i = random.nextInt(4); i >= 0; i--) {
            mutate(text);
        }
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private void mutate(StringBuilder text) {
        int at = random.nextInt(text.length() + 1);
        int end = Math.min(text.length(), at + 1 + random.nextInt(3));
        switch (random.nextInt(4)) {
            case 0 -> text.insert(at, one(PARTS));
            case 1 -> text.delete(at, end);
            case 2 -> text.replace(at, end, one(PARTS));
            default -> text.insert(at, text.substring(at, end));
        }
    }

    /** A field block of HTTP/2. */
    byte[] nextBlock() {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (String[] usual :
                new String[][] {{":method", "GET"}, {":path", "/"}, {":scheme", "http"}, {":authority", "a"}}) {
            if (random.nextInt(12) > 0) {
                field(block, usual[0], random.nextInt(4) > 0 ? usual[1] : value());
            }
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            field(block, one(NAMES), value());
        }
        if (random.nextInt(4) == 0) {
            block.write(random.nextInt(256));
        }
        return block.toByteArray();
    }

    private String value() {
        StringBuilder value = new StringBuilder(one(VALUES));
        if (random.nextInt(3) == 0) {
            value.insert(random.nextInt(value.length() + 1), one(PARTS));
        }
        return value.toString();
    }

    private static void field(ByteArrayOutputStream block, String name, String value) {
        block.write(0);
        string(block, name);
        string(block, value);
    }

    private static void string(ByteArrayOutputStream block, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        block.write(bytes.length);
        block.writeBytes(bytes);
    }

    private String one(String[] all) {
        return all[random.nextInt(all.length)];
    }
}
