package io.periplus.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An open network namespace. Sockets that are created while a thread is inside it belong to it for their whole life,
 * whichever thread uses them later. Holds one descriptor until {@link #close()}.
 */
public final class NetworkNamespace implements AutoCloseable {
    private static final int CLOSED = Integer.MIN_VALUE;

    private final int fd;
    private final String name;
    /** How many use the descriptor now, and whether it is to be closed after the last of them. */
    private final AtomicInteger users = new AtomicInteger();

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
            enter();
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
        acquire();
        try {
            return new NetworkNamespace(Libc.open("/proc/self/fd/" + fd, Libc.O_RDONLY | Libc.O_CLOEXEC), name);
        } finally {
            release();
        }
    }

    /** Takes the current thread into this namespace. */
    void enter() throws IOException {
        acquire();
        try {
            Libc.setns(fd, Libc.CLONE_NEWNET, name);
        } finally {
            release();
        }
    }

    /** Keeps the descriptor open, whose number could otherwise come to mean another namespace. */
    private void acquire() throws IOException {
        int before = users.getAndUpdate(count -> count < 0 ? count : count + 1);
        if (before < 0) {
            throw new IOException("network namespace %s was closed".formatted(name));
        }
    }

    private void release() throws IOException {
        if (users.decrementAndGet() == CLOSED) {
            Libc.close(fd);
        }
    }

    /** Whether both are handles of one namespace: same inode of the same device. */
    public boolean isSame(NetworkNamespace other) throws IOException {
        return id().equals(other.id());
    }

    private Map<String, Object> id() throws IOException {
        acquire();
        try {
            return Files.readAttributes(Path.of("/proc/self/fd/" + fd), "unix:ino,dev");
        } finally {
            release();
        }
    }

    /**
     * The descriptor, valid until {@link #close()}; for passing to another process.
     *
     * @throws IllegalStateException if it was closed, since the number may be another file's by now
     */
    public int fd() {
        if (users.get() < 0) {
            throw new IllegalStateException("network namespace %s was closed".formatted(name));
        }
        return fd;
    }

    /** Who is inside or on the way in is not disturbed; nobody enters any more. Closing twice is harmless. */
    @Override
    public void close() throws IOException {
        if (users.getAndUpdate(count -> count | CLOSED) == 0) {
            Libc.close(fd);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
