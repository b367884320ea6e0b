package io.periplus.lab.lifecycle;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Held by the lab process as long as it lives. The kernel releases it when the process ends, however that comes about, so
 * whoever can take it knows that no lab runs.
 */
final class DaemonLock implements AutoCloseable {
    private static final int ATTEMPTS = 20;
    private static final long PAUSE_NANOS = 50_000_000;

    private final FileChannel channel;
    private final FileLock lock;

    private DaemonLock(FileChannel channel, FileLock lock) {
        this.channel = channel;
        this.lock = lock;
    }

    /** Null if another process holds it. */
    static @Nullable DaemonLock tryAcquire(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return new DaemonLock(channel, lock);
            }
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        channel.close();
        return null;
    }

    /** As {@link #tryAcquire}, but looks again for a second: commands that ask take the lock for a moment, too. */
    static @Nullable DaemonLock acquire(Path file) throws IOException {
        for (int attempt = 0; ; attempt++) {
            DaemonLock lock = tryAcquire(file);
            if (lock != null || attempt == ATTEMPTS) {
                return lock;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Whether some process holds the lock now. */
    static boolean isHeld(Path file) throws IOException {
        if (!Files.exists(file)) {
            return false;
        }
        DaemonLock lock = tryAcquire(file);
        if (lock == null) {
            return true;
        }
        lock.close();
        return false;
    }

    /** Waits until nobody holds the lock. */
    static void await(Path file, Duration timeout) throws TimeoutException, InterruptedException, IOException {
        var waiter = new FutureTask<@Nullable Void>(() -> {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                channel.lock().release();
            }
            return null;
        });
        Thread thread = Thread.ofPlatform().daemon().name("lock-waiter").start(waiter);
        try {
            waiter.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IOException("cannot wait for " + file, e);
        } finally {
            thread.interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        lock.release();
        channel.close();
    }
}
