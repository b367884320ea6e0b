package io.periplus.dataplane.admin.pprof;

import io.periplus.dataplane.admin.AdminStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A profile of processor time that is being taken. Until its time is over, empty blocks of the compressed format are written:
 * they say nothing, but a client that has gone is noticed, and the recording ends with it.
 */
final class CpuProfile implements AdminStream {
    private static final Logger LOG = LoggerFactory.getLogger(CpuProfile.class);
    private static final Duration BEAT = Duration.ofMillis(250);
    /** RFC 1951, section 3.2.4: a stored block that is not the last, with no bytes. */
    private static final byte[] EMPTY_BLOCK = {0, 0, 0, -1, -1};

    private final String program;
    private final CpuRecording recording;
    private final Duration duration;
    private final Runnable whenClosed;

    /** @param whenClosed called once */
    CpuProfile(String program, CpuRecording recording, Duration duration, Runnable whenClosed) {
        this.program = program;
        this.recording = recording;
        this.duration = duration;
        this.whenClosed = whenClosed;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        // closed only when all of it is there: that ends the answer
        GZIPOutputStream gzip = new GZIPOutputStream(out);
        ProfileBuilder profile = new ProfileBuilder(program)
                .values("samples", "count")
                .values("cpu", "nanoseconds")
                .period("cpu", "nanoseconds", recording.periodNanos());
        if (!complete(out)) {
            LOG.warn(
                    "a profile ends after {} s: no room is left for its recording",
                    recording.elapsed().toSeconds());
            profile.comment("It ended before its time: no room was left for the recording.");
        }
        profile.taken(
                TimeUnit.SECONDS.toNanos(recording.start().getEpochSecond())
                        + recording.start().getNano(),
                recording.elapsed().toNanos());
        recording.readInto(new CpuSamples(profile, recording.periodNanos()));
        profile.build().writeTo(gzip);
        gzip.close();
    }

    /** Waits, and says whether all of the time was to be had. */
    private boolean complete(OutputStream out) throws IOException {
        for (Duration left = duration; left.isPositive(); left = duration.minus(recording.elapsed())) {
            if (!recording.roomLeft()) {
                return false;
            }
            out.write(EMPTY_BLOCK);
            out.flush();
            try {
                Thread.sleep(left.compareTo(BEAT) < 0 ? left : BEAT);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("the proxy ends");
            }
        }
        return true;
    }

    @Override
    public void close() {
        try {
            recording.close();
        } finally {
            whenClosed.run();
        }
    }
}
