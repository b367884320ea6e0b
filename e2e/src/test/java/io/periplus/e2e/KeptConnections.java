package io.periplus.e2e;

import io.periplus.linux.NetworkNamespace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** Connections that carry a small request every 50 ms and are never replaced: each answer has to come on the one it had. */
final class KeptConnections implements AutoCloseable {
    private static final int CONNECTIONS = 5;
    private static final int PORT = 8080;
    private static final int PAUSE_MILLIS = 50;
    private static final int PATIENCE_MILLIS = 20_000;
    private static final byte[] REQUEST = "GET / HTTP/1.1\r\nHost: echo\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final String END = "\r\n\r\nhello\n";

    private final List<Socket> sockets = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private volatile long endNanos = Long.MAX_VALUE;

    private KeptConnections() {}

    /** From a pod's network namespace; each has had its first answer when this returns. */
    static KeptConnections open(NetworkNamespace from, String address) throws IOException {
        KeptConnections all = new KeptConnections();
        for (int i = 0; i < CONNECTIONS; i++) {
            Socket socket = from.call(() -> {
                Socket fresh = new Socket();
                fresh.connect(new InetSocketAddress(address, PORT), PATIENCE_MILLIS);
                return fresh;
            });
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.setTcpNoDelay(true);
            all.sockets.add(socket);
            exchange(socket);
            all.threads.add(Thread.ofPlatform().daemon().start(() -> all.use(socket)));
        }
        return all;
    }

    private void use(Socket socket) {
        int answers = 1;
        try {
            while (System.nanoTime() < endNanos) {
                exchange(socket);
                answers++;
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        } catch (IOException | InterruptedException e) {
            failures.add("%s after %d answers".formatted(e, answers));
        }
    }

    private static void exchange(Socket socket) throws IOException {
        socket.getOutputStream().write(REQUEST);
        StringBuilder answer = new StringBuilder();
        while (answer.indexOf(END) < 0) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                throw new IOException("the connection ended");
            }
            answer.append((char) next);
        }
    }

    /** Lets them go on for a while, then end by themselves. */
    void goOn(Duration time) throws InterruptedException {
        endNanos = System.nanoTime() + time.toNanos();
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** What became of those that did not live as long as they should. */
    List<String> failures() {
        return List.copyOf(failures);
    }

    @Override
    public void close() throws IOException {
        endNanos = System.nanoTime();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
