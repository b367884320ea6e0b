package io.periplus.bench.tunnel;

import org.jspecify.annotations.Nullable;

/**
 * What one contender's proxies keep in memory; MiB resident, and in brackets what is not a file's.
 *
 * @param idle the client's proxy with one pod, some seconds after its start
 * @param full a proxy with many pods; {@code null} where a proxy has one
 * @param connections that were open
 * @param client with these; likewise {@code server}
 * @param clientKibPerConnection what each has added; likewise for the server
 */
public record MemoryRow(
        String contender,
        Size idle,
        int pods,
        @Nullable Size full,
        int connections,
        Size client,
        Size server,
        double clientKibPerConnection,
        double serverKibPerConnection,
        long errors,
        @Nullable String error) {
    /**
     * Memory of a process.
     *
     * @param residentMiB all
     * @param ownMiB what is not a file's: pages of files are in memory once for all processes that use them
     */
    public record Size(double residentMiB, double ownMiB) {}
}
