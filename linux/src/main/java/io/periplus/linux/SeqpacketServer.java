package io.periplus.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/** A listening SOCK_SEQPACKET unix socket. Accepting blocks the thread; use a platform thread. */
public final class SeqpacketServer implements AutoCloseable {
    private static final int BACKLOG = 16;

    private final int fd;
    private final Path path;
    private final AtomicBoolean closed = new AtomicBoolean();

    private SeqpacketServer(int fd, Path path) {
        this.fd = fd;
        this.path = path;
    }

    /** Listens on {@code path}; a socket file that an earlier process left there is replaced. */
    public static SeqpacketServer listen(Path path) throws IOException {
        Files.createDirectories(path.toAbsolutePath().getParent());
        Files.deleteIfExists(path);
        int fd = UnixCalls.socket();
        try {
            UnixCalls.bind(fd, path);
            UnixCalls.listen(fd, BACKLOG, path.toString());
        } catch (IOException | RuntimeException e) {
            Libc.close(fd);
            throw e;
        }
        return new SeqpacketServer(fd, path);
    }

    /** Waits for the next connection. */
    public SeqpacketSocket accept() throws IOException {
        return new SeqpacketSocket(UnixCalls.accept(fd, path.toString()), path.toString());
    }

    /** Stops listening, wakes a waiting {@link #accept} with an error, and removes the file. */
    @Override
    public void close() throws IOException {
        if (closed.compareAndSet(false, true)) {
            try {
                UnixCalls.shutdown(fd, path.toString());
            } finally {
                Libc.close(fd);
                Files.deleteIfExists(path);
            }
        }
    }
}
