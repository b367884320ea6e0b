package io.periplus.bench.plain;

import org.jspecify.annotations.Nullable;

/**
 * A proxy after its start.
 *
 * @param firstAnswerMillis from the start of the process to its first answer, which the backend gave
 * @param firstAnswerCpuSeconds what it used until then
 * @param idleMiB resident after the first answer, before any load
 * @param secondsTo90Percent of load until a request cost at most a ninth more CPU than in the end
 * @param cpuSecondsTo90Percent what the proxy used until then; for machines that do other things too
 * @param errors of requests
 */
public record StartRow(
        String proxy,
        long firstAnswerMillis,
        double firstAnswerCpuSeconds,
        double idleMiB,
        double secondsTo90Percent,
        double cpuSecondsTo90Percent,
        double firstMicros,
        double finalMicros,
        long errors,
        @Nullable String error) {}
