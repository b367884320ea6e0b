package io.periplus.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Bindings for pseudo terminals (pts(4)), beside those of {@link Libc}. */
final class TerminalCalls {
    private static final int O_RDWR = 2;
    private static final int O_NOCTTY = 0x100;
    private static final long TIOCSWINSZ = 0x5414;
    private static final int NAME_BYTES = 64;

    private static final MethodHandle POSIX_OPENPT =
            Libc.bind("posix_openpt", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle GRANTPT =
            Libc.bind("grantpt", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle UNLOCKPT =
            Libc.bind("unlockpt", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle PTSNAME_R = Libc.bind(
            "ptsname_r",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
    private static final MethodHandle IOCTL = Libc.bind(
            "ioctl",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS),
            Linker.Option.firstVariadicArg(2));
    private static final FunctionDescriptor TRANSFER = FunctionDescriptor.of(
            ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
    private static final MethodHandle READ = Libc.bind("read", TRANSFER);
    private static final MethodHandle WRITE = Libc.bind("write", TRANSFER);

    private TerminalCalls() {}

    /** Opens a new terminal and returns the descriptor of its master side. */
    static int open() throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Libc.STATE);
            int fd = Libc.checked(
                    (int) POSIX_OPENPT.invokeExact(state, O_RDWR | O_NOCTTY | Libc.O_CLOEXEC),
                    "posix_openpt",
                    "",
                    state);
            Libc.checked((int) GRANTPT.invokeExact(state, fd), "grantpt", "fd " + fd, state);
            Libc.checked((int) UNLOCKPT.invokeExact(state, fd), "unlockpt", "fd " + fd, state);
            return fd;
        } catch (Throwable e) {
            throw Libc.rethrow(e);
        }
    }

    /** Path of the other side. */
    static String name(int fd) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Libc.STATE);
            MemorySegment name = arena.allocate(NAME_BYTES);
            Libc.checked(
                    -(int) PTSNAME_R.invokeExact(state, fd, name, (long) NAME_BYTES), "ptsname_r", "fd " + fd, state);
            return name.getString(0);
        } catch (Throwable e) {
            throw Libc.rethrow(e);
        }
    }

    static void resize(int fd, int columns, int rows) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Libc.STATE);
            MemorySegment size =
                    arena.allocateFrom(ValueLayout.JAVA_SHORT, (short) rows, (short) columns, (short) 0, (short) 0);
            Libc.checked((int) IOCTL.invokeExact(state, fd, TIOCSWINSZ, size), "ioctl(TIOCSWINSZ)", "fd " + fd, state);
        } catch (Throwable e) {
            throw Libc.rethrow(e);
        }
    }

    /** Blocks the calling (platform) thread for input; 0 is the end. */
    static int read(int fd, MemorySegment buffer) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Libc.STATE);
            return Libc.checked(
                    (int) (long) READ.invokeExact(state, fd, buffer, buffer.byteSize()), "read", "fd " + fd, state);
        } catch (Throwable e) {
            throw Libc.rethrow(e);
        }
    }

    static int write(int fd, MemorySegment bytes) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Libc.STATE);
            return Libc.checked(
                    (int) (long) WRITE.invokeExact(state, fd, bytes, bytes.byteSize()), "write", "fd " + fd, state);
        } catch (Throwable e) {
            throw Libc.rethrow(e);
        }
    }
}
