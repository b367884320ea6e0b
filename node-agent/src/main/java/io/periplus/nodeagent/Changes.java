package io.periplus.nodeagent;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Wakes those who wait for something that others bring about. */
final class Changes {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Says that something is other than it was. */
    void happened() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Looks, and looks again after every change, until there is something.
     *
     * @param deadlineNanos as {@link System#nanoTime()} counts
     * @return null if there was nothing until then
     */
    <T> @Nullable T await(Supplier<@Nullable T> look, long deadlineNanos) throws InterruptedException {
        lock.lock();
        try {
            T found = look.get();
            long left = deadlineNanos - System.nanoTime();
            while (found == null && left > 0) {
                left = changed.awaitNanos(left);
                found = look.get();
            }
            return found;
        } finally {
            lock.unlock();
        }
    }
}
