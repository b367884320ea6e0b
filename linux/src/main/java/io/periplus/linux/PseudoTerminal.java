package io.periplus.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A terminal made by software: a program has {@link #name()} as its terminal, this side sees what it writes and types for
 * it. Reading and writing block a platform thread; close only when no thread is inside.
 */
public final class PseudoTerminal implements AutoCloseable {
    /** The other side is closed. */
    private static final int EIO = 5;

    private final int fd;
    private final String name;

    private PseudoTerminal(int fd, String name) {
        this.fd = fd;
        this.name = name;
    }

    public static PseudoTerminal open() throws IOException {
        int fd = TerminalCalls.open();
        try {
            return new PseudoTerminal(fd, TerminalCalls.name(fd));
        } catch (IOException e) {
            Libc.close(fd);
            throw e;
        }
    }

    /** The device that a program opens, such as {@code /dev/pts/3}. */
    public String name() {
        return name;
    }

    /** Tells the program how large its window is, in characters. */
    public void resize(int columns, int rows) throws IOException {
        TerminalCalls.resize(fd, columns, rows);
    }

    /** Waits for output and returns how many bytes of it are in {@code buffer}, -1 once no program has the terminal. */
    public int read(byte[] buffer) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(buffer.length);
            int n = TerminalCalls.read(fd, bytes);
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, 0, buffer, 0, n);
            return n == 0 ? -1 : n;
        } catch (LinuxException e) {
            if (e.errno() == EIO) {
                return -1;
            }
            throw e;
        }
    }

    /** Types {@code length} bytes. */
    public void write(byte[] buffer, int length) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(length);
            MemorySegment.copy(buffer, 0, bytes, ValueLayout.JAVA_BYTE, 0, length);
            for (long done = 0; done < length; ) {
                done += TerminalCalls.write(fd, bytes.asSlice(done));
            }
        }
    }

    @Override
    public void close() throws IOException {
        Libc.close(fd);
    }
}
