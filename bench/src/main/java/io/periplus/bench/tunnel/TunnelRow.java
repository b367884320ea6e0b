package io.periplus.bench.tunnel;

import org.jspecify.annotations.Nullable;

/**
 * One scenario with one contender.
 *
 * @param bulk whether {@code perSecond} are bytes, and CPU is in seconds per GB (10⁹ bytes); otherwise they are requests or
 *     connections, and CPU is in µs for each
 * @param ofHaproxy the rate as a multiple of the HAProxy pair's, {@code null} if that did not run
 * @param cpuOfHaproxy the proxies' CPU likewise; {@code null} too where there is none to compare
 * @param clientProxyCpu of the client's proxy; all at saturation, with everything on the same cores
 * @param proxiesCpu both
 * @param rate of the open loop, requests per second; 0 where there is none, as for the latencies
 */
public record TunnelRow(
        String scenario,
        String contender,
        boolean bulk,
        double perSecond,
        @Nullable Double ofHaproxy,
        @Nullable Double cpuOfHaproxy,
        double clientProxyCpu,
        double serverProxyCpu,
        double proxiesCpu,
        double clientCpu,
        double serverCpu,
        double rate,
        double p50Micros,
        double p99Micros,
        double p999Micros,
        long errors,
        @Nullable String error) {}
