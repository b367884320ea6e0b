package io.periplus.dataplane.admin;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import io.periplus.dataplane.admin.coding.AcceptEncoding;
import io.periplus.dataplane.admin.coding.ContentCoding;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes an answer, in the content coding that the client likes best. */
final class ResponseWriter {
    /** Smaller bodies gain nothing from compression. */
    private static final int COMPRESS_FROM_BYTES = 1024;

    private ResponseWriter() {}

    static void write(HttpExchange exchange, AdminResponse response) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", response.contentType());
        if (response.stream() != null) {
            stream(exchange, response.status(), response.stream());
            return;
        }
        byte[] body = response.body();
        if (exchange.getRequestMethod().equals("HEAD") || body.length == 0) {
            exchange.sendResponseHeaders(response.status(), -1);
            return;
        }
        headers.set("Vary", "Accept-Encoding");
        List<ContentCoding> acceptable =
                AcceptEncoding.acceptable(exchange.getRequestHeaders().getOrDefault("Accept-Encoding", List.of()));
        if (body.length < COMPRESS_FROM_BYTES && acceptable.contains(ContentCoding.IDENTITY)) {
            acceptable = List.of(ContentCoding.IDENTITY);
        }
        ContentCoding coding =
                acceptable.stream().filter(ContentCoding::usable).findFirst().orElse(null);
        if (coding == null) {
            notAcceptable(exchange);
            return;
        }
        if (coding != ContentCoding.IDENTITY) {
            headers.set("Content-Encoding", coding.token());
        }
        send(exchange, response.status(), coding.encode(body));
    }

    /** As it is made. What fails ends the connection without the last chunk, so that nobody takes a part for the whole. */
    private static void stream(HttpExchange exchange, int status, AdminStream stream) throws IOException {
        try (stream) {
            exchange.sendResponseHeaders(status, 0);
            OutputStream out = exchange.getResponseBody();
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
