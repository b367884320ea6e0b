package io.periplus.linux;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Visits to a network namespace on the current thread, for work so short that a thread of its own would cost more than
 * the work: two {@code setns} calls, a few microseconds. The way back is kept open for the life of the process.
 */
public final class ThreadNamespace {
    private static final int HOME = openHome();

    private ThreadNamespace() {}

    /**
     * Runs {@code work} inside {@code target} and returns to the process's own namespace. The work must not block and
     * must not run foreign code: create the socket, return it.
     *
     * @throws IOException if the namespace cannot be entered; nothing has run then
     * @throws IllegalStateException if the thread cannot come back, which leaves it unusable
     */
    public static <T> T call(NetworkNamespace target, Supplier<T> work) throws IOException {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException(
                    "a virtual thread cannot visit " + target + ": it has no namespace of its own");
        }
        target.enter();
        try {
            return work.get();
        } finally {
            comeBack(target);
        }
    }

    private static void comeBack(NetworkNamespace from) {
        try {
            Libc.setns(HOME, Libc.CLONE_NEWNET, "the process's own network namespace");
        } catch (LinuxException e) {
            throw new IllegalStateException(
                    "thread %s is stuck in network namespace %s".formatted(Thread.currentThread(), from), e);
        }
    }

    private static int openHome() {
        try {
            return Libc.open(Path.of("/proc/self/ns/net").toString(), Libc.O_RDONLY | Libc.O_CLOEXEC);
        } catch (LinuxException e) {
            throw new IllegalStateException("cannot open this process's network namespace", e);
        }
    }
}
