package io.periplus.controlplane.ca;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the authority sign with what lies in the directory of the plugged-in CA, also when that changes, and warns before
 * the signing certificate ends. What cannot be used is told once and the former signer stays.
 *
 * <p>Roots may be added or taken away, not exchanged at once: peers that trust only the former ones would be cut off.
 */
public final class SignerWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SignerWatch.class);

    // The files are read, as events of a mounted Secret tell nothing of its contents. The kubelet takes a minute to
    // bring a changed one; this adds little to that and costs the reading of four small files.
    private static final long LOOK_SECONDS = 10;
    // Time to make another intermediate where that takes people; workloads' certificates live for a day by default.
    private static final Duration WARN_BEFORE = Duration.ofDays(14);
    private static final Duration WARN_EVERY = Duration.ofDays(1);

    private final Path directory;
    private final CertificateAuthority authority;
    private final Runnable changed;
    private final Clock clock;
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("signer").factory());

    // Of the looking thread.
    private String trouble = "";
    private Instant warnAgain = Instant.MIN;

    /** @param changed is called after the authority has got another signer */
    public SignerWatch(Path directory, CertificateAuthority authority, Runnable changed, Clock clock) {
        this.directory = directory;
        this.authority = authority;
        this.changed = changed;
        this.clock = clock;
    }

    /** Looks now and from time to time. */
    public void start() {
        looks.scheduleWithFixedDelay(this::look, 0, LOOK_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        looks.shutdownNow();
    }

    /** Takes up what has changed since the last time. */
    void look() {
        try {
            Optional<SigningBundle> found = PluggedInCa.load(directory);
            if (found.isPresent() && !found.get().equals(authority.bundle())) {
                takeUp(found.get());
            }
            trouble = "";
        } catch (CaException | RuntimeException e) {
            if (!trouble.equals(e.toString())) {
                trouble = e.toString();
                LOG.warn("the changed CA is not taken up, the former one goes on signing: {}", e.getMessage());
            }
        }
        warn();
    }

    private void takeUp(SigningBundle found) throws CaException {
        SigningBundle former = authority.bundle();
        Set<?> before = new HashSet<>(Pem.certificates("root-cert.pem", former.roots()));
        Set<?> after = new HashSet<>(Pem.certificates("root-cert.pem", found.roots()));
        if (!after.containsAll(before) && !before.containsAll(after)) {
            throw new CaException("root-cert.pem: other roots than before would cut off peers that trust only those;"
                    + " first distribute the former and the new ones together, or restart the control plane");
        }
        if (!found.end().isAfter(clock.instant())) {
            throw new CaException("ca-cert.pem: has expired on " + found.end());
        }
        authority.replace(found);
        LOG.info("signing with the changed CA of {}, which lasts until {}", directory, found.end());
        changed.run();
    }

    private void warn() {
        Instant now = clock.instant();
        Instant end = authority.bundle().end();
        if (now.plus(WARN_BEFORE).isAfter(end) && !now.isBefore(warnAgain)) {
            warnAgain = now.plus(WARN_EVERY);
            LOG.warn(
                    "the signing certificate {} on {}, and with it every certificate signed with it: put a new one into"
                            + " the Secret cacerts",
                    now.isBefore(end) ? "ends" : "has ended",
                    end);
        }
    }
}
