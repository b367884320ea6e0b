package io.periplus.dataplane.admin.pprof;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import jdk.jfr.Recording;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A recording of where processor time is spent, from its construction on. Two samplers run: that of processor time (JEP 509), and
 * that of running threads, for where the kernel has no timers for it.
 */
final class CpuRecording implements AutoCloseable {
    static final String CPU_TIME_SAMPLE = "jdk.CPUTimeSample";
    static final String CPU_TIME_SAMPLES_LOST = "jdk.CPUTimeSamplesLost";
    static final String EXECUTION_SAMPLE = "jdk.ExecutionSample";

    private static final Logger LOG = LoggerFactory.getLogger(CpuRecording.class);
    /** The recorder's default of 64 cuts the calls of a deep pipeline off at the wrong end. */
    private static final int FRAMES_MAX = 200;

    /** Of 256 KiB. The recorder keeps them until the process ends; by itself it takes ten megabytes. */
    private static final int BUFFERS = 4;

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final Recording recording;
    private final Scratch scratch;
    private final Instant start = Instant.now();
    private final long periodNanos;

    /** @throws IOException if the recorder cannot write anywhere */
    CpuRecording(Scratch scratch, int frequencyHertz) throws IOException {
        this.scratch = scratch;
        this.periodNanos = NANOS_PER_SECOND / frequencyHertz;
        configure(scratch);
        this.recording = new Recording();
        String period = periodNanos / 1000 + " us";
        recording.setName("pprof");
        recording.enable(CPU_TIME_SAMPLE).with("throttle", period);
        recording.enable(CPU_TIME_SAMPLES_LOST);
        recording.enable(EXECUTION_SAMPLE).with("period", period);
        try {
            recording.start();
        } catch (RuntimeException e) {
            recording.close();
            throw new IOException("the flight recorder does not start: " + e.getMessage(), e);
        }
    }

    /** Takes effect where nobody has used the recorder yet: before the first recording is made. */
    private static void configure(Scratch scratch) {
        try {
            DiagnosticCommands.run(
                    "jfrConfigure",
                    "repositorypath=" + scratch.directory(),
                    "stackdepth=" + FRAMES_MAX,
                    "globalbuffersize=256k",
                    "globalbuffercount=" + BUFFERS);
        } catch (IOException e) {
            LOG.info("the flight recorder keeps its settings: {}", e.getMessage());
        }
    }

    Instant start() {
        return start;
    }

    /** Of processor time between two samples of a thread. */
    long periodNanos() {
        return periodNanos;
    }

    /** How long it has been going on. */
    Duration elapsed() {
        return Duration.between(start, Instant.now());
    }

    boolean roomLeft() throws IOException {
        return scratch.roomLeft(recording.getSize());
    }

    /** Ends it, and reads it. */
    void readInto(CpuSamples samples) throws IOException {
        recording.stop();
        Path file = scratch.file();
        try {
            recording.dump(file);
            samples.read(file);
        } finally {
            Files.delete(file);
        }
    }

    /** Ends it, and deletes what there is of it. */
    @Override
    public void close() {
        recording.close();
    }
}
