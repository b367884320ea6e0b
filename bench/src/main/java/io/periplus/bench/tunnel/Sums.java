package io.periplus.bench.tunnel;

import io.periplus.bench.load.Generator.Measured;
import io.periplus.bench.load.LoadResult;
import org.jspecify.annotations.Nullable;

/** What the rounds of one scenario with one contender come to. */
final class Sums {
    private final int proxies;
    private double completed;
    private double seconds;
    private double clientProxyCpu;
    private double serverProxyCpu;
    private double clientCpu;
    private double serverCpu;
    private long errors;
    private @Nullable String error;

    /** @param proxies in front of the server among the watched processes */
    Sums(int proxies) {
        this.proxies = proxies;
    }

    void add(Measured round) {
        LoadResult load = round.load();
        completed += load.completed();
        seconds += load.seconds();
        if (proxies > 0) {
            clientProxyCpu += round.cpuSeconds().getFirst();
            serverProxyCpu += round.cpuSeconds().get(1);
        }
        serverCpu += round.cpuSeconds().getLast();
        clientCpu += load.generatorCpuSeconds();
        note(load);
    }

    void note(LoadResult load) {
        errors += load.errors();
        error = error == null ? load.error() : error;
    }

    double perSecond() {
        return seconds == 0 ? 0 : completed / seconds;
    }

    double proxiesCpu() {
        return clientProxyCpu + serverProxyCpu;
    }

    private double per(double cpu, boolean bulk) {
        return completed == 0 ? 0 : cpu / completed * (bulk ? 1e9 : 1e6);
    }

    double cpuPerUnit() {
        return completed == 0 ? 0 : proxiesCpu() / completed;
    }

    TunnelRow row(
            TunnelScenario scenario,
            String contender,
            @Nullable Sums haproxy,
            double rate,
            @Nullable LoadResult paced) {
        boolean bulk = scenario.protocol().isBulk();
        boolean hasCpu = haproxy != null && haproxy.cpuPerUnit() > 0 && cpuPerUnit() > 0;
        return new TunnelRow(
                scenario.name(),
                contender,
                bulk,
                perSecond(),
                haproxy == null || haproxy.perSecond() == 0 ? null : perSecond() / haproxy.perSecond(),
                hasCpu && haproxy != null ? cpuPerUnit() / haproxy.cpuPerUnit() : null,
                per(clientProxyCpu, bulk),
                per(serverProxyCpu, bulk),
                per(proxiesCpu(), bulk),
                per(clientCpu, bulk),
                per(serverCpu, bulk),
                rate,
                paced == null ? 0 : paced.p50Micros(),
                paced == null ? 0 : paced.p99Micros(),
                paced == null ? 0 : paced.p999Micros(),
                errors,
                error);
    }
}
