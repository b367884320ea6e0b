package io.periplus.lab.node.image;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.Semaphore;

/**
 * Answers every HTTP/1.1 request with one text: the stand-in for {@code hashicorp/http-echo}, with its flags, headers
 * and log (without times, which the container log has).
 *
 * <p>A lab runs many of these, so memory counts: it knows nothing of the rest of the lab, and neither virtual threads nor
 * string concatenation, lambdas or time formats are used, each of which loads megabytes of machinery.
 */
public final class HttpEcho {
    /** More connections than a sample or a mesh ever opens; each costs a thread with a small stack. */
    private static final int CONNECTIONS = 512;

    private static final int STACK_BYTES = 96 * 1024;

    private static final int MAX_LINE = 16 * 1024;
    private static final int IDLE_MILLIS = 300_000;

    private final byte[] text;
    private final String status;

    private HttpEcho(String text, int status) {
        this.text = text.concat("\n").getBytes(StandardCharsets.UTF_8);
        this.status = Integer.toString(status);
    }

    /** Flags: {@code -text}, {@code -listen [host]:port}, {@code -status-code}; one or two dashes, {@code =} or a space. */
    public static void main(String[] args) throws IOException {
        String text = System.getenv("ECHO_TEXT");
        String listen = ":5678";
        int status = 200;
        for (int i = 0; i < args.length; i++) {
            String flag = args[i].substring(args[i].startsWith("--") ? 2 : args[i].startsWith("-") ? 1 : 0);
            int equals = flag.indexOf('=');
            String value = equals >= 0 ? flag.substring(equals + 1) : ++i < args.length ? args[i] : "";
            switch (equals >= 0 ? flag.substring(0, equals) : flag) {
                case "text" -> text = value;
                case "listen" -> listen = value;
                case "status-code" -> status = Integer.parseInt(value);
                default -> fail("flag provided but not defined: ".concat(args[i]));
            }
        }
        if (text == null || text.isEmpty()) {
            fail("Missing -text option!");
        }
        new HttpEcho(String.valueOf(text), status).serve(listen);
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
            System.out.println("server is listening on ".concat(listen));
            while (true) {
                free.acquireUninterruptibly();
                new Thread(null, new Connection(this, server.accept(), free), "client", STACK_BYTES).start();
            }
        }
    }

    private record Connection(HttpEcho echo, Socket socket, Semaphore free) implements Runnable {
        @Override
        public void run() {
            try (socket) {
                socket.setTcpNoDelay(true);
                socket.setSoTimeout(IDLE_MILLIS);
                echo.converse(socket);
            } catch (IOException e) {
                // The client went away: nothing is left to answer.
            } finally {
                free.release();
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
            open = request.endsWith(" HTTP/1.1");
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
                    case "connection" ->
                        open = open && !value.equalsIgnoreCase("close") || value.equalsIgnoreCase("keep-alive");
                    case "expect" ->
                        socket.getOutputStream()
                                .write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    default -> {}
                }
            }
            if (chunked) {
                skipChunks(in);
            } else {
                in.skipNBytes(length);
            }
            respond(socket, request.startsWith("HEAD "), open);
            System.out.println(new StringBuilder(128)
                    .append(host)
                    .append(' ')
                    .append(socket.getInetAddress().getHostAddress())
                    .append(':')
                    .append(socket.getPort())
                    .append(" \"")
                    .append(request)
                    .append("\" ")
                    .append(status)
                    .append(' ')
                    .append(text.length));
        }
    }

    private void respond(Socket socket, boolean head, boolean open) throws IOException {
        String headers = new StringBuilder(256)
                .append("HTTP/1.1 ")
                .append(status)
                .append(status.equals("200") ? " OK\r\n" : " Status\r\n")
                .append("X-App-Name: http-echo\r\nX-App-Version: 1.0.0\r\n")
                .append("Content-Type: text/plain; charset=utf-8\r\nContent-Length: ")
                .append(text.length)
                .append(open ? "\r\n\r\n" : "\r\nConnection: close\r\n\r\n")
                .toString();
        byte[] all = new byte[headers.length() + (head ? 0 : text.length)];
        System.arraycopy(headers.getBytes(StandardCharsets.ISO_8859_1), 0, all, 0, headers.length());
        System.arraycopy(text, 0, all, headers.length(), head ? 0 : text.length);
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
                throw new IOException("line is too long");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }
}
