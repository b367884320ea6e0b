package io.periplus.lab.node.container;

import io.periplus.lab.apiserver.PodRuntime.LogRequest;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Reads the log of one run of a container as {@code kubectl logs} shows it. */
public final class LogReader {
    /** A follower looks for itself now and then, to notice a client that has gone. */
    private static final long LOOK_MILLIS = 5_000;

    private final Path file;
    private final LogRequest request;
    private final OutputStream out;
    private long skip;
    private long left;
    private boolean continued;

    public LogReader(Path file, LogRequest request, OutputStream out) throws IOException {
        this.file = file;
        this.request = request;
        this.out = out;
        this.left = request.limitBytes() == null ? Long.MAX_VALUE : request.limitBytes();
        this.skip = request.tailLines() == null ? 0 : Math.max(0, lines() - request.tailLines());
    }

    /** Removes the log of a run. */
    public static void delete(Path file) throws IOException {
        Files.deleteIfExists(file);
        Files.deleteIfExists(ContainerLog.previous(file));
    }

    /** Writes what is there; with a {@code live} log, and when following, also what comes until its end. */
    public void run(@Nullable ContainerLog live) throws IOException {
        Path old = ContainerLog.previous(file);
        if (Files.exists(old)) {
            try (InputStream in = new BufferedInputStream(Files.newInputStream(old))) {
                copy(in);
            }
        }
        ContainerLog.Position known = live == null ? new ContainerLog.Position(0, 0, true) : live.position();
        InputStream in = new BufferedInputStream(Files.newInputStream(file));
        try {
            while (true) {
                copy(in);
                out.flush();
                if (live == null || !request.follow() || known.closed() || left <= 0) {
                    return;
                }
                ContainerLog.Position next = live.awaitChange(known, LOOK_MILLIS);
                if (next.file() != known.file()) {
                    copy(in);
                    in.close();
                    in = new BufferedInputStream(Files.newInputStream(file));
                }
                known = next;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            in.close();
        }
    }

    private void copy(InputStream in) throws IOException {
        for (byte[] record = record(in); record != null && left > 0; record = record(in)) {
            show(record);
        }
    }

    private void show(byte[] record) throws IOException {
        int first = indexOf(record, 0);
        int second = indexOf(record, first + 1);
        int third = indexOf(record, second + 1);
        boolean full = record[second + 1] == 'F';
        String time = new String(record, 0, first, StandardCharsets.US_ASCII);
        boolean begins = !continued;
        continued = !full;
        if (skip > 0) {
            skip -= full ? 1 : 0;
            return;
        }
        if (request.since() != null && Instant.parse(time).isBefore(request.since())) {
            return;
        }
        if (request.timestamps() && begins) {
            write((time + " ").getBytes(StandardCharsets.US_ASCII), 0, time.length() + 1);
        }
        write(record, third + 1, record.length - third - 1);
        if (full) {
            write(new byte[] {'\n'}, 0, 1);
        }
    }

    private void write(byte[] bytes, int from, int length) throws IOException {
        int allowed = (int) Math.min(length, left);
        out.write(bytes, from, allowed);
        left -= allowed;
    }

    private long lines() throws IOException {
        long lines = 0;
        for (Path path : new Path[] {ContainerLog.previous(file), file}) {
            if (Files.exists(path)) {
                try (InputStream in = new BufferedInputStream(Files.newInputStream(path))) {
                    for (byte[] record = record(in); record != null; record = record(in)) {
                        lines += record[indexOf(record, indexOf(record, 0) + 1) + 1] == 'F' ? 1 : 0;
                    }
                }
            }
        }
        return lines;
    }

    /** The next complete record without its line end, or null; records are written whole. */
    private static byte @Nullable [] record(InputStream in) throws IOException {
        ByteArrayOutputStream record = new ByteArrayOutputStream(128);
        for (int c = in.read(); c >= 0; c = in.read()) {
            if (c == '\n') {
                return record.toByteArray();
            }
            record.write(c);
        }
        return null;
    }

    private static int indexOf(byte[] record, int from) {
        for (int i = from; i < record.length; i++) {
            if (record[i] == ' ') {
                return i;
            }
        }
        return record.length;
    }
}
