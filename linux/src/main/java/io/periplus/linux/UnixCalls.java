package io.periplus.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The calls behind SOCK_SEQPACKET unix sockets, see unix(7) and cmsg(3). */
final class UnixCalls {
    static final int SHUT_RDWR = 2;

    private static final int AF_UNIX = 1;
    private static final int SOCK_SEQPACKET = 5;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SUN_PATH_MAX = 107;

    private static final MethodHandle SOCKET =
            Libc.bind("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle BIND =
            Libc.bind("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle LISTEN = Libc.bind("listen", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle ACCEPT =
            Libc.bind("accept4", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
    private static final MethodHandle CONNECT =
            Libc.bind("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SHUTDOWN =
            Libc.bind("shutdown", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle SETSOCKOPT =
            Libc.bind("setsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SENDMSG =
            Libc.bind("sendmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle RECVMSG =
            Libc.bind("recvmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));

    private UnixCalls() {}

    static int socket() throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Libc.STATE);
            int fd = (int) SOCKET.invokeExact(state, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
            return Libc.checked(fd, "socket", "AF_UNIX, SOCK_SEQPACKET", state);
        } catch (Throwable e) {
            throw Libc.rethrow(e);
        }
    }

    static void bind(int fd, Path path) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Libc.STATE);
            MemorySegment address = address(arena, path);
            int length = (int) address.byteSize();
            Libc.checked((int) BIND.invokeExact(state, fd, address, length), "bind", path.toString(), state);
        } catch (Throwable e) {
            throw Libc.rethrow(e);
        }
    }

    static void listen(int fd, int backlog, String subject) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Libc.STATE);
            Libc.checked((int) LISTEN.invokeExact(state, fd, backlog), "listen", subject, state);
        } catch (Throwable e) {
            throw Libc.rethrow(e);
        }
    }

    static int accept(int fd, String subject) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Libc.STATE);
            int accepted = (int) ACCEPT.invokeExact(state, fd, MemorySegment.NULL, MemorySegment.NULL, SOCK_CLOEXEC);
            return Libc.checked(accepted, "accept", subject, state);
        } catch (Throwable e) {
            throw Libc.rethrow(e);
        }
    }

    static void connect(int fd, Path path) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Libc.STATE);
            MemorySegment address = address(arena, path);
            int length = (int) address.byteSize();
            Libc.checked((int) CONNECT.invokeExact(state, fd, address, length), "connect", path.toString(), state);
        } catch (Throwable e) {
            throw Libc.rethrow(e);
        }
    }

    /** Ends both directions, which wakes a thread that waits in a call on this socket. */
    static void shutdown(int fd, String subject) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Libc.STATE);
            Libc.checked((int) SHUTDOWN.invokeExact(state, fd, SHUT_RDWR), "shutdown", subject, state);
        } catch (Throwable e) {
            throw Libc.rethrow(e);
        }
    }

    /** Bounds each send or receive; zero waits without end. */
    static void timeout(int fd, int option, long millis, String subject) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Libc.STATE);
            MemorySegment timeval = arena.allocate(16, 8);
            timeval.set(JAVA_LONG, 0, millis / 1000);
            timeval.set(JAVA_LONG, 8, millis % 1000 * 1000);
            int length = (int) timeval.byteSize();
            Libc.checked(
                    (int) SETSOCKOPT.invokeExact(state, fd, 1, option, timeval, length), "setsockopt", subject, state);
        } catch (Throwable e) {
            throw Libc.rethrow(e);
        }
    }

    static long sendmsg(int fd, MemorySegment message, int flags, String subject) throws LinuxException {
        return transfer(SENDMSG, "sendmsg", fd, message, flags, subject);
    }

    static long recvmsg(int fd, MemorySegment message, int flags, String subject) throws LinuxException {
        return transfer(RECVMSG, "recvmsg", fd, message, flags, subject);
    }

    private static long transfer(
            MethodHandle call, String name, int fd, MemorySegment message, int flags, String subject)
            throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Libc.STATE);
            long bytes = (long) call.invokeExact(state, fd, message, flags);
            Libc.checked((int) Math.max(bytes, -1), name, subject, state);
            return bytes;
        } catch (Throwable e) {
            throw Libc.rethrow(e);
        }
    }

    private static MemorySegment address(Arena arena, Path path) {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        if (name.length > SUN_PATH_MAX) {
            throw new IllegalArgumentException(
                    "socket path: %s (expected: at most %d bytes)".formatted(path, SUN_PATH_MAX));
        }
        MemorySegment address = arena.allocate(2L + name.length + 1, 2);
        address.set(JAVA_SHORT, 0, (short) AF_UNIX);
        MemorySegment.copy(name, 0, address, JAVA_BYTE, 2, name.length);
        return address;
    }
}
