package io.periplus.bench.plain;

import org.jspecify.annotations.Nullable;

/**
 * One proxy in one scenario.
 *
 * @param requestsPerSecond at saturation of one core
 * @param cpuMicrosPerRequest of the proxy, at saturation; times 10 this is milliseconds per 10,000 requests
 * @param perCoreOfNginx requests per second of CPU, as a multiple of nginx's in the same run; null without nginx
 * @param proxyBusy share of its core that the proxy used at saturation, 1 for all; well below 1 when the load was the limit
 * @param generatorBusy the same of the generator
 * @param backendBusy the same of the backend
 * @param rate of the open loop, requests per second: half of the slowest proxy's saturation
 * @param p50Micros at that rate
 * @param residentMiB after the load
 * @param errors in all measurements
 * @param error the first in words
 */
public record PlainRow(
        String scenario,
        String proxy,
        double requestsPerSecond,
        double cpuMicrosPerRequest,
        @Nullable Double perCoreOfNginx,
        double proxyBusy,
        double generatorBusy,
        double backendBusy,
        double rate,
        double p50Micros,
        double p99Micros,
        double p999Micros,
        double residentMiB,
        long errors,
        @Nullable String error) {}
