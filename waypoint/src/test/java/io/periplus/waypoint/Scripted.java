package io.periplus.waypoint;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** An HTTP/1.1 application that answers what a test says, byte for byte. */
final class Scripted implements AutoCloseable {
    /** An answer that never comes. */
    static final String SILENCE = "";

    /** In place of an answer, the connection ends. */
    static final String END = "end";

    /**
     * What arrived.
     *
     * @param number of the request, from 1
     */
    record Request(int number, String head, String body) {
        String header(String name) {
            for (String line : head.split("\r\n")) {
                if (line.toLowerCase(Locale.ROOT).startsWith(name + ": ")) {
                    return line.substring(name.length() + 2);
                }
            }
            return "";
        }

        String path() {
            return head.split(" ", 3)[1];
        }
    }

    final List<Request> requests = new CopyOnWriteArrayList<>();
    private final ServerSocket listener;
    private final Function<Request, String> script;
    private final List<Socket> connections = new CopyOnWriteArrayList<>();

    Scripted(String address, int port, Function<Request, String> script) throws IOException {
        this.script = script;
        listener = new ServerSocket(port, 64, InetAddress.ofLiteral(address));
        Thread.startVirtualThread(this::listen);
    }

    static String ok(String body) {
        return answer(200, "", body);
    }

    static String answer(int status, String fields, String body) {
        return "HTTP/1.1 %d X\r\nContent-Length: %d\r\n%s\r\n%s".formatted(status, body.length(), fields, body);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** That were ever opened. */
    int connections() {
        return connections.size();
    }

    private void listen() {
        while (!listener.isClosed()) {
            try {
                Socket connection = listener.accept();
                connections.add(connection);
                Thread.startVirtualThread(() -> serve(connection));
            } catch (IOException _) {
                // The end.
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            InputStream in = new BufferedInputStream(connection.getInputStream());
            while (true) {
                String head = head(in);
                if (head.isEmpty()) {
                    return;
                }
                Request bare = new Request(0, head, "");
                String length = bare.header("content-length");
                String body = length.isEmpty() ? chunks(in, bare) : text(in.readNBytes(Integer.parseInt(length)));
                Request request;
                synchronized (this) {
                    request = new Request(requests.size() + 1, head, body);
                    requests.add(request);
                }
                String answer = script.apply(request);
                if (answer.equals(END)) {
                    return;
                }
                connection.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
            }
        } catch (IOException _) {
            // The other side has ended it.
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static String chunks(InputStream in, Request request) throws IOException {
        if (request.header("transfer-encoding").isEmpty()) {
            return "";
        }
        StringBuilder body = new StringBuilder();
        int size;
        while ((size = Integer.parseInt(line(in), 16)) > 0) {
            body.append(text(in.readNBytes(size)));
            line(in);
        }
        line(in);
        return body.toString();
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        int c;
        while ((c = in.read()) != '\n' && c >= 0) {
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        String line;
        while (!(line = line(in)).isEmpty()) {
            head.append(line).append("\r\n");
        }
        return head.toString();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket connection : connections) {
            connection.close();
        }
    }
}
