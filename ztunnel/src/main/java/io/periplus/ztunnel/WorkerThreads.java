package io.periplus.ztunnel;

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
        if (asked.endsWith("%")) {
            String number = asked.substring(0, asked.length() - 1);
            return share(processors, Environment.parse(VARIABLE, number, 1, 100));
        }
        if (!asked.isEmpty()) {
            int threads = Environment.parse(VARIABLE, asked, 0, MAX);
            return threads == 0 ? processors : threads;
        }
        int limit = env.number("ZTUNNEL_RESOURCE_CPU_LIMIT", 0, 0, MAX);
        int request = env.number("ZTUNNEL_RESOURCE_CPU_REQUEST", 0, 0, MAX);
        return limit > 0
                ? Math.max(limit, request)
                : Math.max(Math.max(share(processors, SHARE_PERCENT), request), MIN);
    }

    private static int share(int processors, int percent) {
        return Math.max(1, (processors * percent + 99) / 100);
    }
}
