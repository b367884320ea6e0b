package io.periplus.lab.node.container;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * The log file of one run of a container, in the format of the container runtime interface:
 * {@code <RFC 3339 time> stdout F <line>}, with {@code P} for the pieces of a line that is longer than 16 KiB. A file that grows
 * beyond 10 MiB is renamed to {@code <name>.old}, of which there is one: so a run has at most 20 MiB of log.
 *
 * <p>Written by the container's thread; others wait for more with {@link #awaitChange}.
 */
public final class ContainerLog implements AutoCloseable {
    static final long ROTATE_BYTES = 10L << 20;
    private static final int MAX_PIECE = 16 * 1024;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'").withZone(ZoneOffset.UTC);

    private final Path file;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    private OutputStream out;
    private long inFile;
    private Position position = new Position(0, 0, false);

    /**
     * How far a log is.
     *
     * @param writes how often it was written
     * @param file counts up when a new file is begun
     * @param closed whether nothing will follow
     */
    public record Position(long writes, int file, boolean closed) {}

    ContainerLog(Path file) throws IOException {
        this.file = file;
        Files.createDirectories(file.getParent());
        this.out = open();
    }

    /** Takes output as it comes; complete lines are in the file when this returns. */
    void write(byte[] bytes, int from, int length) throws IOException {
        ByteArrayOutputStream records = new ByteArrayOutputStream(length + 64);
        for (int i = from; i < from + length; i++) {
            if (bytes[i] == '\n') {
                record(records, 'F');
            } else {
                line.write(bytes[i]);
                if (line.size() == MAX_PIECE) {
                    record(records, 'P');
                }
            }
        }
        records.writeTo(out);
        inFile += records.size();
        boolean full = inFile > ROTATE_BYTES;
        if (full) {
            out.close();
            Files.move(file, previous(file), StandardCopyOption.REPLACE_EXISTING);
            out = open();
            inFile = 0;
        }
        advance(full, false);
    }

    /** Name of the file before the present one. */
    static Path previous(Path file) {
        return file.resolveSibling(file.getFileName() + ".old");
    }

    private void record(ByteArrayOutputStream records, char kind) throws IOException {
        records.write((TIME.format(Instant.now()) + " stdout " + kind + " ").getBytes(StandardCharsets.US_ASCII));
        line.writeTo(records);
        records.write('\n');
        line.reset();
    }

    private OutputStream open() throws IOException {
        return Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private synchronized void advance(boolean nextFile, boolean closed) {
        position = new Position(position.writes() + 1, position.file() + (nextFile ? 1 : 0), closed);
        notifyAll();
    }

    public synchronized Position position() {
        return position;
    }

    /** Waits until the log is further than {@code known}, and at most {@code millis}. */
    public synchronized Position awaitChange(Position known, long millis) throws InterruptedException {
        long deadline = System.nanoTime() + millis * 1_000_000;
        while (position.equals(known)) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                break;
            }
            wait(left);
        }
        return position;
    }

    /** Writes what is left of an unfinished line. */
    @Override
    public void close() throws IOException {
        try {
            if (line.size() > 0) {
                ByteArrayOutputStream records = new ByteArrayOutputStream();
                record(records, 'F');
                records.writeTo(out);
            }
            out.close();
        } finally {
            advance(false, true);
        }
    }
}
