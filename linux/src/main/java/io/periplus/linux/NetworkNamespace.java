package io.periplus.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * An open network namespace. Sockets that are created while a thread is inside it belong to it for their whole life,
 * whichever thread uses them later. Holds one descriptor until {@link #close()}.
 */
public final class NetworkNamespace implements AutoCloseable {
    private final int fd;
    private final String name;

    private NetworkNamespace(int fd, String name) {
        this.fd = fd;
        this.name = name;
    }

    /** Opens the namespace behind a file such as {@code /run/netns/node1} or {@code /proc/42/ns/net}. */
    public static NetworkNamespace open(Path file) throws IOException {
        return new NetworkNamespace(Libc.open(file.toString(), Libc.O_RDONLY | Libc.O_CLOEXEC), file.toString());
    }

    /** Takes ownership of a descriptor that another process passed to this one. */
    public static NetworkNamespace ofDescriptor(int fd, String name) {
        return new NetworkNamespace(fd, name);
    }

    /**
     * Runs {@code work} on a fresh platform thread inside this namespace and returns its result. The thread ends
     * afterwards, so no other code can be left inside by accident. Keep the work short: create the socket, return it.
     *
     * @throws IOException what the work threw, or that the namespace could not be entered
     */
    public <T> T call(Callable<T> work) throws IOException {
        FutureTask<T> task = new FutureTask<>(() -> {
            Libc.setns(fd, Libc.CLONE_NEWNET, name);
            return work.call();
        });
        Thread.ofPlatform().daemon().name("netns-" + name).start(task);
        try {
            return task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while inside network namespace " + name, e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw new IOException("in network namespace " + name + ": " + e.getCause(), e.getCause());
        }
    }

    /** Another handle of the same namespace, to be closed on its own. */
    public NetworkNamespace duplicate() throws IOException {
        return new NetworkNamespace(Libc.open("/proc/self/fd/" + fd, Libc.O_RDONLY | Libc.O_CLOEXEC), name);
    }

    /** Whether both are handles of one namespace: same inode of the same device. */
    public boolean isSame(NetworkNamespace other) throws IOException {
        return id(fd).equals(id(other.fd));
    }

    private static Map<String, Object> id(int fd) throws IOException {
        return Files.readAttributes(Path.of("/proc/self/fd/" + fd), "unix:ino,dev");
    }

    /** The descriptor, valid until {@link #close()}; for passing to another process. */
    public int fd() {
        return fd;
    }

    @Override
    public void close() throws IOException {
        Libc.close(fd);
    }

    @Override
    public String toString() {
        return name;
    }
}
