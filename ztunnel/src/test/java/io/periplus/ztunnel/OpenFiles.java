package io.periplus.ztunnel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/** The limit of this process's descriptors (RLIMIT_NOFILE), as it was again after {@link #close}. */
final class OpenFiles implements AutoCloseable {
    private static final int RLIMIT_NOFILE = 7;
    private static final MethodHandle PRLIMIT = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("prlimit"),
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));

    private final long soft;
    private final long hard;
    private final Deque<FileChannel> hoard = new ArrayDeque<>();

    private OpenFiles(long soft, long hard) {
        this.soft = soft;
        this.hard = hard;
    }

    /** As many as this process may have. */
    static OpenFiles all() throws IOException {
        OpenFiles now = current();
        set(now.hard, now.hard);
        return now;
    }

    /** How many this process may have. */
    long most() {
        return hard;
    }

    /** All that there are but {@code free} are taken until {@link #release}. */
    static OpenFiles butFor(int free) throws IOException {
        OpenFiles now = current();
        // Not too many to take them all; those that are open stay.
        set(Math.min(now.soft, 1024), now.hard);
        try {
            while (true) {
                now.hoard.add(FileChannel.open(Path.of("/dev/null")));
            }
        } catch (IOException _) {
            for (int i = 0; i < free; i++) {
                now.hoard.removeLast().close();
            }
        }
        return now;
    }

    void release() throws IOException {
        for (FileChannel file : hoard) {
            file.close();
        }
        hoard.clear();
    }

    private static OpenFiles current() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment limits = arena.allocate(16, 8);
            call(MemorySegment.NULL, limits);
            return new OpenFiles(limits.get(JAVA_LONG, 0), limits.get(JAVA_LONG, 8));
        }
    }

    private static void set(long soft, long hard) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment limits = arena.allocate(16, 8);
            limits.set(JAVA_LONG, 0, soft);
            limits.set(JAVA_LONG, 8, hard);
            call(limits, MemorySegment.NULL);
        }
    }

    private static void call(MemorySegment set, MemorySegment get) throws IOException {
        int result;
        try {
            result = (int) PRLIMIT.invokeExact(0, RLIMIT_NOFILE, set, get);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        if (result != 0) {
            throw new IOException("prlimit(RLIMIT_NOFILE) failed");
        }
    }

    @Override
    public void close() throws IOException {
        release();
        set(soft, hard);
    }
}
