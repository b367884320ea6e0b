package io.periplus.bench.tunnel;

import io.periplus.bench.load.LoadPlan;
import io.periplus.bench.load.Protocol;
import io.periplus.bench.tunnel.Contender.Running;
import java.util.List;

/**
 * What is asked of a tunnel.
 *
 * @param connections that are open, or being opened, at the same time
 * @param unitsPerRequest what counts as one of the requests that warm a contender up: bytes, requests, or a part of one
 */
record TunnelScenario(String name, Protocol protocol, int connections, double unitsPerRequest) {
    private static final int BULK_BYTES = 16 << 10;

    /** The order of the table. */
    static final List<TunnelScenario> ALL = List.of(
            new TunnelScenario("send-1", Protocol.SEND, 1, BULK_BYTES),
            new TunnelScenario("send-8", Protocol.SEND, 8, BULK_BYTES),
            new TunnelScenario("receive-8", Protocol.RECEIVE, 8, BULK_BYTES),
            new TunnelScenario("requests", Protocol.HTTP1, 32, 1),
            new TunnelScenario("connections", Protocol.HTTP1_ONCE, 16, 0.25));

    LoadPlan plan(Running way, long warmUpMillis, long warmUpRequests, long measureMillis) {
        return LoadPlan.small(
                way.host(),
                way.port(),
                protocol,
                connections,
                warmUpMillis,
                Math.round(warmUpRequests * unitsPerRequest),
                measureMillis);
    }

    /** Whether there is a latency to compare at a fixed rate. */
    boolean isPaced() {
        return protocol == Protocol.HTTP1;
    }
}
