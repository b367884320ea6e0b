package io.periplus.bench.load;

import org.jspecify.annotations.Nullable;

/**
 * What the generator saw in the measured time.
 *
 * @param completed requests that were answered with 200, or bytes
 * @param total the same with the time before it
 * @param errors other answers, lost connections, requests that found no connection
 * @param error the first of them in words, null if there was none
 * @param seconds measured
 * @param p50Micros latency; in an open loop from the moment the request was due, so a stalled server's queue counts
 * @param generatorCpuSeconds the generator's own, in the measured time
 */
public record LoadResult(
        long completed,
        long total,
        long errors,
        @Nullable String error,
        double seconds,
        double p50Micros,
        double p99Micros,
        double p999Micros,
        double maxMicros,
        double generatorCpuSeconds) {
    /** Requests or bytes. */
    public double perSecond() {
        return completed / seconds;
    }
}
