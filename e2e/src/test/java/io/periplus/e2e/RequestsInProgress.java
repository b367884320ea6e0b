package io.periplus.e2e;

import io.periplus.linux.NetworkNamespace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Requests of which the server has the head and half of the body, each on a connection of its own. */
final class RequestsInProgress implements AutoCloseable {
    private static final int REQUESTS = 10;
    private static final int PORT = 8080;
    private static final int PATIENCE_MILLIS = 20_000;
    private static final String HEAD =
            "POST / HTTP/1.1\r\nHost: echo\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n";
    private static final String GO_ON = "HTTP/1.1 100 ";
    private static final String HALF = "12345";

    private final List<Socket> sockets = new ArrayList<>();

    private RequestsInProgress() {}

    /** From a pod's network namespace; the server has asked for every request's body when this returns. */
    static RequestsInProgress open(NetworkNamespace from, String address) throws IOException {
        RequestsInProgress all = new RequestsInProgress();
        for (int i = 0; i < REQUESTS; i++) {
            Socket socket = from.call(() -> {
                Socket fresh = new Socket();
                fresh.connect(new InetSocketAddress(address, PORT), PATIENCE_MILLIS);
                return fresh;
            });
            all.sockets.add(socket);
            socket.setSoTimeout(PATIENCE_MILLIS);
            send(socket, HEAD);
            String answer = head(socket);
            if (!answer.startsWith(GO_ON)) {
                throw new IOException("no request for the body but: " + answer);
            }
            send(socket, HALF);
        }
        return all;
    }

    /** Sends the rest, where there is still somebody to take it. */
    void finish() {
        for (Socket socket : sockets) {
            try {
                send(socket, HALF);
            } catch (IOException _) {
                // It has ended, which is one of the two ways.
            }
        }
    }

    /** Those that got neither an answer nor an end. */
    List<String> withoutEndWithin(Duration time) throws IOException {
        long end = System.nanoTime() + time.toNanos();
        List<String> hanging = new ArrayList<>();
        for (Socket socket : sockets) {
            socket.setSoTimeout((int) Math.max(1, (end - System.nanoTime()) / 1_000_000));
            try {
                socket.getInputStream().read();
            } catch (SocketTimeoutException _) {
                hanging.add(socket.toString());
            } catch (IOException _) {
                // Reset: an end.
            }
        }
        return hanging;
    }

    private static String head(Socket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                throw new IOException("the connection ended");
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
