package io.periplus.ztunnel;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** How many event loops the byte path gets. */
final class WorkerThreads {
    private static final String VARIABLE = "ZTUNNEL_WORKER_THREADS";
    /** Of a node's processors, where nobody says how many the proxy may use: the rest is the applications'. */
    private static final int SHARE_PERCENT = 25;

    private static final int MIN = 2;
    private static final int MAX = 1024;

    private WorkerThreads() {}

    /** As asked for: a number, a percentage of the processors, or 0 for all; else by what the container may use. */
    static int of(Environment env, int processors) {
        String asked = env.text(VARIABLE, "");
        int limit = cores(env, "ZTUNNEL_RESOURCE_CPU_LIMIT");
        int usable = limit > 0 ? limit : env.number("ZTUNNEL_CPU_LIMIT", processors, 1, MAX);
        if (asked.endsWith("%")) {
            String number = asked.substring(0, asked.length() - 1);
            return share(usable, Environment.parse(VARIABLE, number, 1, 100));
        }
        if (!asked.isEmpty()) {
            int threads = Environment.parse(VARIABLE, asked, 0, MAX);
            return threads == 0 ? usable : threads;
        }
        int request = cores(env, "ZTUNNEL_RESOURCE_CPU_REQUEST");
        return limit > 0 ? Math.max(limit, request) : Math.max(Math.max(share(usable, SHARE_PERCENT), request), MIN);
    }

    /** A quantity of processors as Kubernetes writes it, {@code 2}, {@code 1.5} or {@code 500m}, rounded up; 0 if none is set. */
    private static int cores(Environment env, String name) {
        String text = env.text(name, "");
        if (text.isEmpty()) {
            return 0;
        }
        try {
            BigDecimal cores = text.endsWith("m")
                    ? new BigDecimal(text.substring(0, text.length() - 1)).movePointLeft(3)
                    : new BigDecimal(text);
            if (cores.signum() >= 0 && cores.compareTo(BigDecimal.valueOf(MAX)) <= 0) {
                return cores.setScale(0, RoundingMode.CEILING).intValueExact();
            }
        } catch (NumberFormatException _) {
            // Reported below.
        }
        throw new IllegalArgumentException(
                "%s: %s (expected: processors, such as 2, 1.5 or 500m)".formatted(name, text));
    }

    private static int share(int processors, int percent) {
        return Math.max(1, (processors * percent + 99) / 100);
    }
}
