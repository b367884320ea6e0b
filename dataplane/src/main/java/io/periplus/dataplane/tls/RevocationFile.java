package io.periplus.dataplane.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.cert.CRLException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a file of revocation lists. Kubernetes replaces mounted files by moving a symbolic link of their directory, so it
 * is the file behind all links that is looked at. A file that is not there is an empty one. If it cannot be read at the
 * start, there is no revocation at all until it can; later, what was known stays.
 */
public final class RevocationFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RevocationFile.class);
    /** Long enough that a writer has finished, short enough for a revocation. */
    public static final Duration LOOK = Duration.ofSeconds(2);

    private record Version(Path path, FileTime changed, long bytes) {}

    private final Path file;
    private final Revocations revocations;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("revocations").factory());
    private @Nullable Version seen;
    /** Whether nothing has been read so far. */
    private boolean first = true;

    private String complaint = "";

    private RevocationFile(Path file, Revocations revocations) {
        this.file = file;
        this.revocations = revocations;
    }

    /**
     * Reads the file now and whenever it changes, until closed.
     *
     * @param look how often to see whether it has
     */
    public static RevocationFile follow(Path file, Revocations revocations, Duration look) {
        RevocationFile follower = new RevocationFile(file, revocations);
        revocations.enable();
        follower.look();
        follower.thread.scheduleWithFixedDelay(follower::look, look.toMillis(), look.toMillis(), TimeUnit.MILLISECONDS);
        return follower;
    }

    private void look() {
        try {
            Version now = version();
            if (first || now != null && !now.equals(seen) || now == null && seen != null) {
                revocations.use(now == null ? RevocationLists.NONE : RevocationLists.parse(Files.readAllBytes(file)));
                seen = now;
                first = false;
                complaint = "";
                LOG.info("revocation lists of {} are in use", file);
            }
        } catch (IOException | CRLException e) {
            complain(String.valueOf(e.getMessage()));
        }
    }

    /** Once for each reason: it is tried again every time. */
    private void complain(String why) {
        if (!why.equals(complaint)) {
            LOG.warn(
                    "{}: {}; {}",
                    file,
                    why,
                    first ? "no certificate counts as revoked until it can be read" : "the lists that were known stay");
            complaint = why;
        }
    }

    private @Nullable Version version() throws IOException {
        try {
            Path real = file.toRealPath();
            return new Version(real, Files.getLastModifiedTime(real), Files.size(real));
        } catch (NoSuchFileException _) {
            return null;
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
