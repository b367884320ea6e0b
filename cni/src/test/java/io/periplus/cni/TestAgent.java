package io.periplus.cni;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Takes requests at the agent's socket and answers each with the same bytes; with none, it stays silent. */
final class TestAgent implements AutoCloseable {
    final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
    private final ServerSocketChannel server;
    private final String answer;
    private final BlockingQueue<SocketChannel> unanswered = new LinkedBlockingQueue<>();

    TestAgent(Path directory, String answer) throws IOException {
        this.answer = answer;
        this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(directory.resolve("pluginevent.sock")));
        Thread.ofPlatform().daemon().start(this::serve);
    }

    /** An answer as Go's server writes it. */
    static String http(String status, String body) {
        return "HTTP/1.1 %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
                .formatted(status, body.length(), body);
    }

    private void serve() {
        try {
            while (true) {
                SocketChannel plugin = server.accept();
                requests.add(request(plugin));
                if (answer.isEmpty()) {
                    unanswered.add(plugin);
                } else {
                    plugin.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
                    plugin.close();
                }
            }
        } catch (IOException e) {
            // Closed: the test is over.
        }
    }

    private static String request(SocketChannel plugin) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        while (true) {
            String text = all.toString(StandardCharsets.UTF_8);
            int body = text.indexOf("\r\n\r\n");
            if (body >= 0) {
                String length = text.substring(text.indexOf("Content-Length: ") + 16);
                if (text.length() - body - 4
                        >= Integer.parseInt(
                                length.substring(0, length.indexOf('\r')).strip())) {
                    return text;
                }
            }
            int count = plugin.read(buffer.clear());
            if (count < 0) {
                return text;
            }
            all.write(buffer.array(), 0, count);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (SocketChannel plugin : unanswered) {
            plugin.close();
        }
    }
}
