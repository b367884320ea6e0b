package io.periplus.lab.lifecycle;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The lab process's ear: a Unix socket where one line asks and the lines of the answer last to the end of the stream. */
final class ControlSocket implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ControlSocket.class);

    private final Path file;
    private final ServerSocketChannel server;
    private final Thread thread;

    private ControlSocket(Path file, ServerSocketChannel server, Handler handler) {
        this.file = file;
        this.server = server;
        this.thread = Thread.ofVirtual().name("control-socket").unstarted(() -> serve(handler));
    }

    /** Listens at {@code file}, only for this user. */
    static ControlSocket listen(Path file, Handler handler) throws IOException {
        Files.deleteIfExists(file);
        var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(file));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        var socket = new ControlSocket(file, server, handler);
        socket.thread.start();
        return socket;
    }

    /** Answers a request, line by line; may take its time. */
    interface Handler {
        void handle(String request, Consumer<String> line) throws InterruptedException;
    }

    /**
     * Asks the lab process behind {@code file}; returns when its answer is complete.
     *
     * @throws IOException when nobody answers
     */
    static void ask(Path file, String request, Consumer<String> line) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(file))) {
            write(channel, request + "\n");
            channel.shutdownOutput();
            reader(channel).lines().forEach(line);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void serve(Handler handler) {
        while (server.isOpen()) {
            try {
                SocketChannel client = server.accept();
                Thread.ofVirtual().name("control-request").start(() -> serve(client, handler));
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                log.warn("the control socket {} cannot accept: {}", file, e.getMessage());
                return;
            }
        }
    }

    private static void serve(SocketChannel client, Handler handler) {
        try (client) {
            String request = reader(client).readLine();
            if (request != null) {
                handler.handle(request, line -> {
                    try {
                        write(client, line + "\n");
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | UncheckedIOException e) {
            log.debug("a control request was cut off: {}", e.getMessage());
        }
    }

    private static BufferedReader reader(SocketChannel channel) {
        return new BufferedReader(new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
    }

    private static void write(SocketChannel channel, String text) throws IOException {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        Files.deleteIfExists(file);
    }
}
