package io.periplus.waypoint.authz;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says that an authorizer gave no verdict: at once, then no more often than every few seconds. Used by all event loops. */
final class FailureLog {
    private static final Logger LOG = LoggerFactory.getLogger(FailureLog.class);
    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** An authorizer's words must not look like lines of their own. */
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}+");

    private final AtomicLong nextNanos = new AtomicLong(System.nanoTime());
    private final AtomicInteger unsaid = new AtomicInteger();

    void failed(Provider provider, Subject subject, String reason) {
        long now = System.nanoTime();
        long due = nextNanos.get();
        if (now - due < 0 || !nextNanos.compareAndSet(due, now + EVERY_NANOS)) {
            unsaid.incrementAndGet();
            return;
        }
        int others = unsaid.getAndSet(0);
        LOG.warn(
                "extension provider {} ({} port {}) gave no verdict for policy {}: {}; {}{}",
                provider.name(),
                provider.call().service().key(),
                provider.call().service().port(),
                subject.match().policy().key(),
                CONTROL.matcher(reason).replaceAll(" "),
                subject.match().dryRun() ? "dry run" : provider.failOpen() ? "passed" : "denied",
                others == 0 ? "" : " (and " + others + " times since this was last said)");
    }
}
