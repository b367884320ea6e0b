package io.periplus.lab.node.probe;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One probe of one run of a container, on a virtual thread of its own until it is closed. */
public final class Prober implements AutoCloseable {
    /** Hears of a probe when its verdict changes, and of every failure. */
    @FunctionalInterface
    public interface Listener {
        /** @param decided whether a threshold is reached; otherwise {@code success} is false and the failure one of several */
        void probed(ProbeKind kind, boolean decided, boolean success, String message);
    }

    private final CountDownLatch closed = new CountDownLatch(1);

    private Prober() {}

    public static Prober start(ProbeKind kind, JsonNode probe, Target target, Listener listener) {
        Prober prober = new Prober();
        Thread.ofVirtual().name(kind.field()).start(() -> prober.run(kind, probe, target, listener));
        return prober;
    }

    private void run(ProbeKind kind, JsonNode probe, Target target, Listener listener) {
        int period = Math.max(1, probe.path("periodSeconds").asInt(10));
        int timeout = Math.max(1, probe.path("timeoutSeconds").asInt(1));
        int failuresNeeded = Math.max(1, probe.path("failureThreshold").asInt(3));
        int successesNeeded = Math.max(1, probe.path("successThreshold").asInt(1));
        int successes = 0;
        int failures = 0;
        long wait = probe.path("initialDelaySeconds").asLong(0) * 1000;
        // Until the first success a probe looks more often than asked for, so that a pod that is quickly up is quickly
        // ready.
        long eager = 50;
        boolean succeeded = false;
        try {
            while (!closed.await(wait, TimeUnit.MILLISECONDS)) {
                Check.Result result = Check.run(target, probe, timeout);
                if (closed.getCount() == 0) {
                    return;
                }
                if (result.success()) {
                    failures = 0;
                    if (++successes >= successesNeeded && !succeeded) {
                        succeeded = true;
                        listener.probed(kind, true, true, result.message());
                    }
                    wait = succeeded ? period * 1000L : Math.min(eager, period * 1000L);
                    continue;
                }
                successes = 0;
                if (!succeeded && eager < period * 1000L && kind != ProbeKind.LIVENESS) {
                    wait = eager;
                    eager *= 2;
                    continue;
                }
                wait = period * 1000L;
                boolean decided = ++failures >= failuresNeeded;
                if (decided) {
                    succeeded = false;
                    eager = wait;
                }
                listener.probed(kind, decided, false, result.message());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
