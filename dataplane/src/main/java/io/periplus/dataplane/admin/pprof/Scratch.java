package io.periplus.dataplane.admin.pprof;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A directory for the recording. The flight recorder ends the JVM when it cannot write for want of space, and what fills a disk
 * is often not ours: so memory comes first, of which a container has its own, and there has to be much more room than is needed.
 *
 * @param goOnBytes with less left beside what has been recorded, a recording ends before its time
 */
record Scratch(Path directory, long goOnBytes) {
    /** Most recordings take less than a megabyte. */
    private static final long START_BYTES = 48L << 20;
    /** More than the recorder's buffers could still fill. */
    private static final long GO_ON_BYTES = 16L << 20;

    /**
     * The first directory that can be written to and has room.
     *
     * @throws IOException naming those that were tried, and why they do not do
     */
    static Scratch find() throws IOException {
        return find(START_BYTES, Path.of("/dev/shm"), Path.of(System.getProperty("java.io.tmpdir")));
    }

    static Scratch find(long bytes, Path... candidates) throws IOException {
        List<String> refusals = new ArrayList<>();
        for (Path candidate : candidates) {
            Scratch scratch = new Scratch(candidate, GO_ON_BYTES);
            try {
                Files.delete(scratch.file());
                if (scratch.bytesFree() >= bytes) {
                    return scratch;
                }
                refusals.add(candidate + " has " + (scratch.bytesFree() >> 20) + " MiB left");
            } catch (IOException e) {
                refusals.add(candidate + " cannot be written to (" + e + ")");
            }
        }
        throw new IOException("there is no room for a recording (expected: a directory with " + (bytes >> 20)
                + " MiB free): " + String.join(", ", refusals));
    }

    /** Whether a recording of this size may go on: it will be written once more, as a whole. */
    boolean roomLeft(long recordedBytes) throws IOException {
        return bytesFree() >= goOnBytes + recordedBytes;
    }

    /** A new file. */
    Path file() throws IOException {
        return Files.createTempFile(directory, "profile", ".jfr");
    }

    private long bytesFree() throws IOException {
        return Files.getFileStore(directory).getUsableSpace();
    }
}
