package io.periplus.waypoint;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An application that keeps every request exactly as its bytes came, reads HTTP/1.1 as simply as an old server does, and
 * answers 200 to each.
 */
final class Recorder implements AutoCloseable {
    private static final int HEAD_END = 0x0d0a0d0a;

    final List<String> requests = new CopyOnWriteArrayList<>();
    private final ServerSocket listener;

    Recorder(String podAddress) {
        try {
            listener = new ServerSocket(0, 64, InetAddress.ofLiteral(podAddress));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.startVirtualThread(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket connection = listener.accept();
                Thread.startVirtualThread(() -> serve(connection));
            } catch (IOException _) {
                // The test is over.
            }
        }
    }

    private void serve(Socket socket) {
        try (Socket connection = socket) {
            InputStream in = new BufferedInputStream(connection.getInputStream());
            while (true) {
                String head = head(in);
                if (head.isEmpty()) {
                    return;
                }
                requests.add(head + body(head, in));
                connection
                        .getOutputStream()
                        .write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException _) {
            // The other side left.
        }
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int last = 0;
        int c;
        while (last != HEAD_END && (c = in.read()) >= 0) {
            head.write(c);
            last = last << 8 | c;
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    private static String body(String head, InputStream in) throws IOException {
        String fields = head.toLowerCase(Locale.ROOT);
        if (fields.contains("\r\ntransfer-encoding: chunked\r\n")) {
            StringBuilder body = new StringBuilder();
            String last = "";
            while (!last.equals("0\r\n")) {
                last = line(in);
                body.append(last);
                int size = Integer.parseInt(last.strip(), 16);
                body.append(new String(in.readNBytes(size), StandardCharsets.ISO_8859_1));
                body.append(line(in));
            }
            return body.toString();
        }
        int length = fields.indexOf("\r\ncontent-length: ");
        if (length < 0) {
            return "";
        }
        int start = length + "\r\ncontent-length: ".length();
        int count = Integer.parseInt(fields.substring(start, fields.indexOf("\r\n", start)));
        byte[] body = in.readNBytes(count);
        if (body.length < count) {
            throw new EOFException("a request that is incomplete was not made");
        }
        return new String(body, StandardCharsets.ISO_8859_1);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        int c;
        while ((c = in.read()) >= 0) {
            line.append((char) c);
            if (c == '\n') {
                break;
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
