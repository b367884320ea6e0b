package io.periplus.controlplane.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** A small HTTP server for pages that are made on demand. */
public final class HttpEndpoint implements AutoCloseable {
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;
    private static final int NOT_ALLOWED = 405;
    private static final int NOT_FOUND = 404;
    private static final int UNAUTHORIZED = 401;

    /** An answer. */
    public record Page(int status, String contentType, String body) {
        /** A text. */
        public static Page ok(String text) {
            return new Page(OK, "text/plain; charset=utf-8", text);
        }

        /** A JSON document. */
        public static Page json(String text) {
            return new Page(OK, "application/json", text);
        }

        /** Not yet. */
        public static Page unavailable(String why) {
            return new Page(UNAVAILABLE, "text/plain; charset=utf-8", why + "\n");
        }
    }

    private final HttpServer server;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    /**
     * Takes a port on all addresses.
     *
     * @throws IOException when it is taken; the message names the port
     */
    public HttpEndpoint(int port) throws IOException {
        try {
            server = HttpServer.create(new InetSocketAddress(port), 0);
        } catch (IOException e) {
            throw new IOException("port " + port + ": " + e.getMessage(), e);
        }
        server.setExecutor(executor);
    }

    /** Adds a page at exactly this path that only callers on this machine (a port-forward, for one) may see. */
    public void localPage(String path, Supplier<Page> page) {
        page(path, page, true);
    }

    /** Adds a page at exactly this path. */
    public void page(String path, Supplier<Page> page) {
        page(path, page, false);
    }

    private void page(String path, Supplier<Page> page, boolean localOnly) {
        server.createContext(path, exchange -> {
            try (exchange) {
                if (!exchange.getRequestURI().getPath().equals(path)) {
                    answer(exchange, new Page(NOT_FOUND, "text/plain", "no such page\n"));
                } else if (localOnly
                        && !exchange.getRemoteAddress().getAddress().isLoopbackAddress()) {
                    answer(exchange, new Page(UNAUTHORIZED, "text/plain", "only by way of kubectl port-forward\n"));
                } else if (!exchange.getRequestMethod().equals("GET")) {
                    answer(exchange, new Page(NOT_ALLOWED, "text/plain", "GET only\n"));
                } else {
                    answer(exchange, page.get());
                }
            }
        });
    }

    /** Begins to answer. */
    public void start() {
        server.start();
    }

    /** The port. */
    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }

    private static void answer(HttpExchange exchange, Page page) throws IOException {
        byte[] body = page.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", page.contentType());
        exchange.sendResponseHeaders(page.status(), body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }
}
