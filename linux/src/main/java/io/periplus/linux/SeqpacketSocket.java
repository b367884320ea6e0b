package io.periplus.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A connected unix socket that keeps the bounds of messages (SOCK_SEQPACKET) and can pass one descriptor with each. Calls
 * block the thread; use platform threads. One thread may receive while another sends.
 */
public final class SeqpacketSocket implements AutoCloseable {
    private static final int SO_RCVTIMEO = 20;
    private static final int SO_SNDTIMEO = 21;
    private static final int EAGAIN = 11;
    private static final int MSG_PEEK = 0x2;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;
    private static final int MSG_CTRUNC = 0x8;
    private static final int MSG_TRUNC = 0x20;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;

    /** struct msghdr on 64-bit Linux. */
    private static final int MSGHDR_BYTES = 56;

    private static final int CMSG_HEADER_BYTES = 16;
    private static final int CMSG_SPACE_ONE_FD = 24;

    /** Room for more descriptors than may come, so that a surplus is seen and closed instead of leaked. */
    private static final int CMSG_RECEIVE_BYTES = CMSG_HEADER_BYTES + 8 * 4;

    private final int fd;
    private final String name;
    private final AtomicBoolean closed = new AtomicBoolean();

    SeqpacketSocket(int fd, String name) {
        this.fd = fd;
        this.name = name;
    }

    /** Connects to the socket a {@link SeqpacketServer} listens on. */
    public static SeqpacketSocket connect(Path path) throws IOException {
        int fd = UnixCalls.socket();
        try {
            UnixCalls.connect(fd, path);
        } catch (IOException | RuntimeException e) {
            Libc.close(fd);
            throw e;
        }
        return new SeqpacketSocket(fd, path.toString());
    }

    /** One received message; the receiver owns the descriptor, which is -1 if none came. */
    public record Packet(byte[] data, int descriptor) {}

    /** Bounds how long one send and one receive may take; null or zero for no bound. */
    public void timeouts(@Nullable Duration send, @Nullable Duration receive) throws IOException {
        UnixCalls.timeout(fd, SO_SNDTIMEO, send == null ? 0 : send.toMillis(), name);
        UnixCalls.timeout(fd, SO_RCVTIMEO, receive == null ? 0 : receive.toMillis(), name);
    }

    /**
     * Sends one message.
     *
     * @param descriptor passed along and still owned by the caller; -1 for none
     */
    public void send(byte[] data, int descriptor) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment body = arena.allocate(Math.max(1, data.length));
            MemorySegment.copy(data, 0, body, JAVA_BYTE, 0, data.length);
            MemorySegment control = MemorySegment.NULL;
            if (descriptor >= 0) {
                control = arena.allocate(CMSG_SPACE_ONE_FD, 8);
                control.set(JAVA_LONG, 0, CMSG_HEADER_BYTES + 4L);
                control.set(JAVA_INT, 8, SOL_SOCKET);
                control.set(JAVA_INT, 12, SCM_RIGHTS);
                control.set(JAVA_INT, 16, descriptor);
            }
            MemorySegment message = message(arena, body, data.length, control);
            UnixCalls.sendmsg(fd, message, MSG_NOSIGNAL, name);
        }
    }

    /**
     * Receives one message of at most {@code bytesMax} bytes.
     *
     * @throws EOFException when the peer closed
     * @throws IOException also when the message was longer than {@code bytesMax} or carried more than one descriptor;
     *     whatever came with it has been closed
     */
    public Packet receive(int bytesMax) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment body = arena.allocate(bytesMax);
            MemorySegment control = arena.allocate(CMSG_RECEIVE_BYTES, 8);
            MemorySegment message = message(arena, body, bytesMax, control);
            int bytes = (int) UnixCalls.recvmsg(fd, message, MSG_CMSG_CLOEXEC, name);
            int[] descriptors = descriptors(control, message.get(JAVA_LONG, 40));
            int flags = message.get(JAVA_INT, 48);
            if ((flags & (MSG_TRUNC | MSG_CTRUNC)) != 0 || descriptors.length > 1) {
                for (int descriptor : descriptors) {
                    Libc.close(descriptor);
                }
                throw new IOException("message on %s: longer than %d bytes or with %d descriptors (expected: at most 1)"
                        .formatted(name, bytesMax, descriptors.length));
            }
            if (bytes == 0 && descriptors.length == 0) {
                throw new EOFException("the peer closed " + name);
            }
            return new Packet(body.asSlice(0, bytes).toArray(JAVA_BYTE), descriptors.length == 0 ? -1 : descriptors[0]);
        }
    }

    /** Whether the peer has closed; looks without waiting and without taking a message. */
    public boolean peerClosed() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment message = message(arena, arena.allocate(1), 1, MemorySegment.NULL);
            return UnixCalls.recvmsg(fd, message, MSG_PEEK | MSG_DONTWAIT, name) == 0;
        } catch (LinuxException e) {
            return e.errno() != EAGAIN;
        }
    }

    private static MemorySegment message(Arena arena, MemorySegment body, int length, MemorySegment control) {
        MemorySegment vector = arena.allocate(16, 8);
        vector.set(ADDRESS, 0, body);
        vector.set(JAVA_LONG, 8, length);
        MemorySegment message = arena.allocate(MSGHDR_BYTES, 8);
        message.set(ADDRESS, 16, vector);
        message.set(JAVA_LONG, 24, 1);
        message.set(ADDRESS, 32, control);
        message.set(JAVA_LONG, 40, control.byteSize());
        return message;
    }

    private static int[] descriptors(MemorySegment control, long controlBytes) {
        if (controlBytes < CMSG_HEADER_BYTES
                || control.get(JAVA_INT, 8) != SOL_SOCKET
                || control.get(JAVA_INT, 12) != SCM_RIGHTS) {
            return new int[0];
        }
        long bytes = Math.min(control.get(JAVA_LONG, 0), controlBytes) - CMSG_HEADER_BYTES;
        return control.asSlice(CMSG_HEADER_BYTES, bytes / 4 * 4).toArray(JAVA_INT);
    }

    /** Ends the connection; a thread waiting in {@link #receive} gets an end of stream or an error. */
    @Override
    public void close() throws IOException {
        if (closed.compareAndSet(false, true)) {
            try {
                UnixCalls.shutdown(fd, name);
            } finally {
                Libc.close(fd);
            }
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
