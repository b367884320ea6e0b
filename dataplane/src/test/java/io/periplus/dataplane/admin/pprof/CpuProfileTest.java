package io.periplus.dataplane.admin.pprof;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.wire.pprof.Profile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A profile for which the room runs out. */
class CpuProfileTest {
    @Test
    @Timeout(60)
    void whatThereIsOfItIsSentAndSaysSo(@TempDir Path directory) throws Exception {
        AtomicInteger closed = new AtomicInteger();
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        Scratch full = new Scratch(directory, 1L << 60);
        try (CpuProfile profile =
                new CpuProfile("test", new CpuRecording(full, 100), Duration.ofMinutes(5), closed::incrementAndGet)) {
            profile.writeTo(sent);
        }
        assertThat(closed).hasValue(1);
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(sent.toByteArray()))) {
            Profile profile = Profile.parseFrom(in);
            assertThat(profile.getCommentList())
                    .extracting(comment -> profile.getStringTable(comment.intValue()))
                    .contains("It ended before its time: no room was left for the recording.");
        }
    }
}
