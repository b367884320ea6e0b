package io.periplus.dataplane.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small HTTP/1.1 server for people and scrapers: pages by exact path, gzip where asked for. One per port, off the
 * byte path.
 */
public final class AdminServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
    private static final int BACKLOG = 32;
    /** Smaller bodies gain nothing from compression. */
    private static final int COMPRESS_FROM_BYTES = 1024;
    /** A question with all its headers and a token; no page takes more. */
    private static final int BODY_BYTES_MAX = 256 << 10;

    private static final String REQUEST_SECONDS_MAX = "sun.net.httpserver.maxReqTime";
    private static final String CONNECTIONS_MAX = "jdk.httpserver.maxConnections";

    private final HttpServer server;
    private final Map<String, AdminPage> pages;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    static {
        // Slow clients must not hold connections: these bounds are properties of the whole JVM.
        setUnlessSet(REQUEST_SECONDS_MAX, "2");
        setUnlessSet(CONNECTIONS_MAX, "256");
    }

    private AdminServer(HttpServer server, Map<String, AdminPage> pages) {
        this.server = server;
        this.pages = Map.copyOf(pages);
    }

    /**
     * Listens and serves these pages by path.
     *
     * @throws IOException naming the address if it cannot be bound
     */
    public static AdminServer start(InetSocketAddress address, Map<String, AdminPage> pages) throws IOException {
        HttpServer http;
        try {
            http = HttpServer.create(address, BACKLOG);
        } catch (IOException e) {
            throw new IOException(
                    "cannot listen on " + address + ": " + e.getMessage()
                            + "; is another proxy running in this network namespace?",
                    e);
        }
        AdminServer server = new AdminServer(http, pages);
        http.createContext("/", server::serve);
        http.setExecutor(server.executor);
        http.start();
        return server;
    }

    /** The port that it listens on. */
    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            AdminPage page = pages.get(exchange.getRequestURI().getPath());
            AdminResponse response =
                    page == null ? AdminResponse.text(404, "Not Found\n") : answer(page, requestOf(exchange));
            send(exchange, response);
        }
    }

    private static AdminResponse answer(AdminPage page, AdminRequest request) {
        try {
            return page.answer(request);
        } catch (IOException | RuntimeException e) {
            LOG.warn("{} {} failed", request.method(), request.path(), e);
            return AdminResponse.text(500, e + "\n");
        }
    }

    private static void send(HttpExchange exchange, AdminResponse response) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", response.contentType());
        byte[] body = response.body();
        if (exchange.getRequestMethod().equals("HEAD") || body.length == 0) {
            exchange.sendResponseHeaders(response.status(), -1);
            return;
        }
        if (body.length >= COMPRESS_FROM_BYTES && accepts(exchange, "gzip")) {
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
            exchange.sendResponseHeaders(response.status(), 0);
            try (OutputStream out = new GZIPOutputStream(exchange.getResponseBody())) {
                out.write(body);
            }
            return;
        }
        exchange.sendResponseHeaders(response.status(), body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    private static boolean accepts(HttpExchange exchange, String encoding) {
        List<String> headers = exchange.getRequestHeaders().get("Accept-Encoding");
        return headers != null
                && headers.stream()
                        .flatMap(header -> Arrays.stream(header.split(",")))
                        .anyMatch(member -> wants(member, encoding));
    }

    /** RFC 9110, section 12.5.3: named, and not with weight 0. */
    private static boolean wants(String member, String encoding) {
        String[] parts = member.strip().split("\\s*;\\s*");
        return parts[0].equalsIgnoreCase(encoding)
                && Arrays.stream(parts).skip(1).noneMatch(part -> part.matches("[qQ]=0(\\.0*)?"));
    }

    private static AdminRequest requestOf(HttpExchange exchange) throws IOException {
        List<String> accept = exchange.getRequestHeaders().get("Accept");
        return new AdminRequest(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getPath(),
                query(exchange.getRequestURI().getRawQuery()),
                accept == null ? List.of() : List.copyOf(accept),
                exchange.getRequestBody().readNBytes(BODY_BYTES_MAX),
                exchange.getRemoteAddress().getAddress().isLoopbackAddress());
    }

    private static Map<String, String> query(@Nullable String raw) {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (raw != null) {
            for (String part : raw.split("&")) {
                int equals = part.indexOf('=');
                String key = equals < 0 ? part : part.substring(0, equals);
                String value = equals < 0 ? "" : part.substring(equals + 1);
                parameters.put(decode(key), decode(value));
            }
        }
        return parameters;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
