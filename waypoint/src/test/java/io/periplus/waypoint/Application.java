package io.periplus.waypoint;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * An HTTP/1.1 application on a pod's address: {@code /} answers its name, {@code /echo} the body it got, {@code /headers} the
 * fields it got, {@code /stream?bytes=n} that many bytes, {@code /count} reads everything and answers how much it was,
 * {@code /sleep} reads nothing and never answers.
 */
final class Application implements AutoCloseable {
    private static final int PIECE = 64 * 1024;

    final AtomicInteger requests = new AtomicInteger();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    Application(String podAddress, int port, String name) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral(podAddress), port), 128);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", exchange -> answer(exchange, 200, name));
        server.createContext("/echo", this::echo);
        server.createContext("/headers", this::headers);
        server.createContext("/count", this::count);
        server.createContext("/stream", this::stream);
        server.createContext("/sleep", exchange -> LockSupport.park());
        server.createContext("/status", exchange -> {
            int status = Integer.parseInt(exchange.getRequestURI().getPath().substring("/status/".length()));
            answer(exchange, status, "");
        });
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange, int status, String text) throws IOException {
        requests.incrementAndGet();
        exchange.getRequestBody().readAllBytes();
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        boolean bodyless = exchange.getRequestMethod().equals("HEAD") || status == 204 || status == 304;
        exchange.sendResponseHeaders(status, bodyless ? -1 : body.length == 0 ? -1 : body.length);
        if (!bodyless && body.length > 0) {
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    private void echo(HttpExchange exchange) throws IOException {
        requests.incrementAndGet();
        exchange.sendResponseHeaders(200, 0);
        exchange.getRequestBody().transferTo(exchange.getResponseBody());
        exchange.close();
    }

    private void headers(HttpExchange exchange) throws IOException {
        StringBuilder text = new StringBuilder(exchange.getRequestURI() + "\n");
        exchange.getRequestHeaders()
                .forEach((name, values) -> values.forEach(value -> text.append(name.toLowerCase(java.util.Locale.ROOT))
                        .append(": ")
                        .append(value)
                        .append('\n')));
        answer(exchange, 200, text.toString());
    }

    private void count(HttpExchange exchange) throws IOException {
        long sum = 0;
        byte[] piece = new byte[PIECE];
        int read;
        while ((read = exchange.getRequestBody().read(piece)) >= 0) {
            sum += read;
        }
        answer(exchange, 200, Long.toString(sum));
    }

    private void stream(HttpExchange exchange) throws IOException {
        requests.incrementAndGet();
        long left = Long.parseLong(exchange.getRequestURI().getQuery().substring("bytes=".length()));
        exchange.sendResponseHeaders(200, 0);
        byte[] piece = new byte[PIECE];
        while (left > 0) {
            int next = (int) Math.min(left, PIECE);
            exchange.getResponseBody().write(piece, 0, next);
            left -= next;
        }
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
