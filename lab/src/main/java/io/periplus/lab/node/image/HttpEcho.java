package io.periplus.lab.node.image;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Semaphore;

/**
 * Answers every HTTP/1.1 request with one text: the stand-in for {@code hashicorp/http-echo}, with its flags, headers
 * and log. It knows nothing of the rest of the lab and loads as few classes as it can.
 */
public final class HttpEcho {
    /** More connections than a sample ever opens; each costs a virtual thread. */
    private static final int CONNECTIONS = 1024;

    private static final int MAX_LINE = 16 * 1024;
    private static final int IDLE_MILLIS = 300_000;

    private final byte[] text;
    private final int status;
    private final boolean quiet;

    private HttpEcho(String text, int status, boolean quiet) {
        this.text = (text + "\n").getBytes(StandardCharsets.UTF_8);
        this.status = status;
        this.quiet = quiet;
    }

    /** Flags: {@code -text}, {@code -listen [host]:port}, {@code -status-code}; one or two dashes, {@code =} or a space. */
    public static void main(String[] args) throws IOException {
        String text = System.getenv("ECHO_TEXT");
        String listen = ":5678";
        int status = 200;
        for (int i = 0; i < args.length; i++) {
            String flag = args[i].replaceFirst("^--?", "");
            int equals = flag.indexOf('=');
            String value = equals >= 0 ? flag.substring(equals + 1) : ++i < args.length ? args[i] : "";
            switch (equals >= 0 ? flag.substring(0, equals) : flag) {
                case "text" -> text = value;
                case "listen" -> listen = value;
                case "status-code" -> status = Integer.parseInt(value);
                default -> fail("flag provided but not defined: " + args[i]);
            }
        }
        if (text == null || text.isEmpty()) {
            fail("Missing -text option!");
        }
        new HttpEcho(String.valueOf(text), status, false).serve(listen);
    }

    private static void fail(String message) {
        System.err.println(message);
        System.exit(127);
    }

    private void serve(String listen) throws IOException {
        int colon = listen.lastIndexOf(':');
        String host = listen.substring(0, colon);
        int port = Integer.parseInt(listen.substring(colon + 1));
        Semaphore free = new Semaphore(CONNECTIONS);
        try (ServerSocket server = new ServerSocket(port, 256, host.isEmpty() ? null : InetAddress.getByName(host))) {
            System.out.println(Instant.now() + " [INFO] server is listening on " + listen);
            while (true) {
                free.acquireUninterruptibly();
                Socket socket = server.accept();
                Thread.ofVirtual().start(() -> {
                    try (socket) {
                        socket.setTcpNoDelay(true);
                        socket.setSoTimeout(IDLE_MILLIS);
                        converse(socket);
                    } catch (IOException e) {
                        // The client went away: nothing is left to answer.
                    } finally {
                        free.release();
                    }
                });
            }
        }
    }

    private void converse(Socket socket) throws IOException {
        InputStream in = new BufferedInputStream(socket.getInputStream(), 4096);
        boolean open = true;
        while (open) {
            String request = line(in);
            if (request == null || request.isEmpty()) {
                return;
            }
            String[] parts = request.split(" ");
            open = parts.length == 3 && parts[2].equals("HTTP/1.1");
            String host = "";
            long length = 0;
            boolean chunked = false;
            for (String header = line(in); header != null && !header.isEmpty(); header = line(in)) {
                int colon = header.indexOf(':');
                String name = header.substring(0, Math.max(colon, 0)).toLowerCase(Locale.ROOT);
                String value = header.substring(colon + 1).strip();
                switch (name) {
                    case "host" -> host = value;
                    case "content-length" -> length = Long.parseLong(value);
                    case "transfer-encoding" -> chunked = value.equalsIgnoreCase("chunked");
                    case "connection" -> open = open && !value.equalsIgnoreCase("close")
                            || value.equalsIgnoreCase("keep-alive");
                    case "expect" -> socket.getOutputStream()
                            .write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    default -> {}
                }
            }
            if (chunked) {
                skipChunks(in);
            } else {
                in.skipNBytes(length);
            }
            respond(socket, parts[0].equals("HEAD"), open);
            if (!quiet) {
                System.out.println(Instant.now() + " [INFO] " + host + " " + socket.getRemoteSocketAddress() + " \""
                        + request + "\" " + status + " " + text.length);
            }
        }
    }

    private void respond(Socket socket, boolean head, boolean open) throws IOException {
        byte[] headers = ("HTTP/1.1 " + status + " " + (status == 200 ? "OK" : "Status") + "\r\n"
                        + "X-App-Name: http-echo\r\nX-App-Version: 1.0.0\r\n"
                        + "Content-Type: text/plain; charset=utf-8\r\n"
                        + "Content-Length: " + text.length + "\r\n"
                        + (open ? "" : "Connection: close\r\n") + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] all = java.util.Arrays.copyOf(headers, headers.length + (head ? 0 : text.length));
        System.arraycopy(text, 0, all, headers.length, head ? 0 : text.length);
        socket.getOutputStream().write(all);
    }

    private static void skipChunks(InputStream in) throws IOException {
        while (true) {
            String size = line(in);
            if (size == null) {
                throw new IOException("body ended early");
            }
            int semicolon = size.indexOf(';');
            long length = Long.parseLong((semicolon < 0 ? size : size.substring(0, semicolon)).strip(), 16);
            if (length == 0) {
                for (String trailer = line(in); trailer != null && !trailer.isEmpty(); trailer = line(in)) {}
                return;
            }
            in.skipNBytes(length + 2);
        }
    }

    /** A line without its end, or null at the end of the stream. */
    private static @org.jspecify.annotations.Nullable String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder(64);
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                return null;
            }
            if (line.length() >= MAX_LINE) {
                throw new IOException("line longer than " + MAX_LINE + " bytes");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }
}
