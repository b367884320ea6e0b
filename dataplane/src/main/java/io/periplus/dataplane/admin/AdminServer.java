package io.periplus.dataplane.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small HTTP/1.1 server for people and scrapers: pages by exact path, compressed as the client asks. One per port, off the
 * byte path.
 */
public final class AdminServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
    private static final int BACKLOG = 32;
    /** A question with all its headers and a token; no page takes more, and none that everybody reaches takes any. */
    private static final int BODY_BYTES_MAX = 256 << 10;

    private static final byte[] NO_BODY = {};

    private static final String REQUEST_SECONDS_MAX = "sun.net.httpserver.maxReqTime";
    private static final String REQUEST_HEADER_BYTES_MAX = "sun.net.httpserver.maxReqHeaderSize";
    private static final String RESPONSE_SECONDS_MAX = "sun.net.httpserver.maxRspTime";
    /** How often connections without a request, which may last as long as one takes, are looked for. */
    private static final String LOOK_MILLIS = "sun.net.httpserver.clockTick";

    private static final String CONNECTIONS_MAX = "jdk.httpserver.maxConnections";

    private final HttpServer server;
    private final Map<String, AdminPage> pages;
    /** {@code null} on loopback, which only those reach who may do more than that. */
    private final @Nullable Visitors visitors;

    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    static {
        // Slow clients must not hold connections, nor long requests memory. Properties of the whole JVM.
        setUnlessSet(REQUEST_SECONDS_MAX, "2");
        setUnlessSet(REQUEST_HEADER_BYTES_MAX, "16384");
        // Somewhat more than the longest profile takes.
        setUnlessSet(RESPONSE_SECONDS_MAX, "360");
        setUnlessSet(LOOK_MILLIS, "1000");
        // Of one port each. Readiness is asked for by whoever can reach it: some hundreds that say nothing leave room.
        setUnlessSet(CONNECTIONS_MAX, "1024");
    }

    private AdminServer(HttpServer server, Map<String, AdminPage> pages) {
        this.server = server;
        this.pages = Map.copyOf(pages);
        this.visitors = server.getAddress().getAddress().isLoopbackAddress() ? null : new Visitors();
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
        InetAddress client = exchange.getRemoteAddress().getAddress();
        if (visitors == null) {
            respond(exchange);
        } else if (visitors.enter(client)) {
            try {
                respond(exchange);
            } finally {
                visitors.leave(client);
            }
        } else {
            respond(exchange, AdminResponse.text(503, "too many requests at a time; try again\n"));
        }
    }

    private void respond(HttpExchange exchange) throws IOException {
        AdminPage page = pages.get(exchange.getRequestURI().getPath());
        respond(exchange, page == null ? AdminResponse.text(404, "Not Found\n") : answer(page, requestOf(exchange)));
    }

    private static void respond(HttpExchange exchange, AdminResponse response) throws IOException {
        try {
            ResponseWriter.write(exchange, response); // after an exception the server ends the connection
            exchange.close();
        } catch (Error e) {
            exchange.close();
            throw e;
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

    private AdminRequest requestOf(HttpExchange exchange) throws IOException {
        List<String> accept = exchange.getRequestHeaders().get("Accept");
        return new AdminRequest(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getPath(),
                query(exchange.getRequestURI().getRawQuery()),
                accept == null ? List.of() : List.copyOf(accept),
                visitors == null ? exchange.getRequestBody().readNBytes(BODY_BYTES_MAX) : NO_BODY,
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
