package io.periplus.dataplane.admin;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import io.periplus.dataplane.admin.coding.AcceptEncoding;
import io.periplus.dataplane.admin.coding.ContentCoding;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes an answer, in the content coding that the client likes best. */
final class ResponseWriter {
    /** Smaller bodies gain nothing from compression. */
    private static final int COMPRESS_FROM_BYTES = 1024;

    private ResponseWriter() {}

    static void write(HttpExchange exchange, AdminResponse response) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", response.contentType());
        boolean streamed = response.stream() != null;
        byte[] body = response.body();
        if (!streamed && (exchange.getRequestMethod().equals("HEAD") || body.length == 0)) {
            exchange.sendResponseHeaders(response.status(), -1);
            return;
        }
        ContentCoding coding = ContentCoding.IDENTITY;
        if (response.compressible()) {
            headers.set("Vary", "Accept-Encoding");
            coding = coding(exchange, streamed ? Integer.MAX_VALUE : body.length);
        }
        if (coding == null) {
            notAcceptable(exchange);
            return;
        }
        if (coding != ContentCoding.IDENTITY) {
            headers.set("Content-Encoding", coding.token());
        }
        if (response.stream() != null) {
            stream(exchange, response.status(), response.stream(), coding);
        } else {
            send(exchange, response.status(), coding.encode(body));
        }
    }

    /** The best that the client accepts for so much; {@code null} for none. */
    private static @Nullable ContentCoding coding(HttpExchange exchange, int length) {
        List<ContentCoding> acceptable =
                AcceptEncoding.acceptable(exchange.getRequestHeaders().getOrDefault("Accept-Encoding", List.of()));
        if (length < COMPRESS_FROM_BYTES && acceptable.contains(ContentCoding.IDENTITY)) {
            return ContentCoding.IDENTITY;
        }
        return acceptable.stream().filter(ContentCoding::usable).findFirst().orElse(null);
    }

    /** As it is made. What fails ends the connection without the last chunk, so that nobody takes a part for the whole. */
    private static void stream(HttpExchange exchange, int status, AdminStream stream, ContentCoding coding)
            throws IOException {
        try (stream) {
            if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.sendResponseHeaders(status, -1);
                return;
            }
            exchange.sendResponseHeaders(status, 0);
            OutputStream out = coding.encoder(exchange.getResponseBody());
            stream.writeTo(out);
            out.close();
        }
    }

    /** Said in plain text all the same: nobody could read it otherwise. */
    private static void notAcceptable(HttpExchange exchange) throws IOException {
        byte[] text =
                "no content coding of Accept-Encoding can be written (expected: zstd, br, gzip, deflate or identity)\n"
                        .getBytes(StandardCharsets.US_ASCII);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        send(exchange, 406, text);
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }
}
