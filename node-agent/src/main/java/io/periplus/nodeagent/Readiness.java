package io.periplus.nodeagent;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.BooleanSupplier;

/** The page {@code /readyz} on loopback: 200 while the agent is ready, else 503. It has a thread that keeps the process alive. */
record Readiness(HttpServer server) implements AutoCloseable {
    private static final int HTTP_OK = 200;
    private static final int HTTP_UNAVAILABLE = 503;

    /** @param port 0 for any */
    static Readiness serve(int port, BooleanSupplier ready) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/readyz", exchange -> {
            exchange.sendResponseHeaders(ready.getAsBoolean() ? HTTP_OK : HTTP_UNAVAILABLE, -1);
            exchange.close();
        });
        server.start();
        return new Readiness(server);
    }

    @Override
    public String toString() {
        return "http:/" + server.getAddress() + "/readyz";
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
