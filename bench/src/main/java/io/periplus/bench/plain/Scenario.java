package io.periplus.bench.plain;

import io.periplus.bench.backend.BackendMain;
import io.periplus.bench.contender.Contender.Rules;
import io.periplus.bench.load.LoadPlan;
import io.periplus.bench.load.Protocol;
import java.util.List;

/**
 * What is asked for.
 *
 * @param rules in the proxy's configuration; routes are all used in turn
 * @param headers request fields besides the usual ones
 */
public record Scenario(String name, Protocol protocol, String path, Rules rules, int headers) {
    /** Enough to keep a core busy; more only makes queues. */
    private static final int CONNECTIONS = 32;

    private static final int HTTP2_CONNECTIONS = 4;
    private static final int HTTP2_STREAMS = 8;
    private static final String SMALL = "/small";

    /** All, those with the same rules next to each other. */
    public static final List<Scenario> ALL = List.of(
            new Scenario("http1-small", Protocol.HTTP1, SMALL, Rules.NONE, 0),
            new Scenario("http2-small", Protocol.HTTP2, SMALL, Rules.NONE, 0),
            new Scenario("http1-64KiB", Protocol.HTTP1, BackendMain.BIG, Rules.NONE, 0),
            new Scenario("http1-50-headers", Protocol.HTTP1, SMALL, Rules.NONE, 50),
            new Scenario("http2-50-headers", Protocol.HTTP2, SMALL, Rules.NONE, 50),
            new Scenario("http1-10-routes", Protocol.HTTP1, SMALL, Rules.routes(10), 0),
            new Scenario("http1-1000-routes", Protocol.HTTP1, SMALL, Rules.routes(1_000), 0),
            new Scenario("http1-10000-routes", Protocol.HTTP1, SMALL, Rules.routes(10_000), 0),
            new Scenario("http1-1-policy", Protocol.HTTP1, SMALL, Rules.policies(1), 0),
            new Scenario("http1-100-policies", Protocol.HTTP1, SMALL, Rules.policies(100), 0),
            new Scenario("http1-1000-policies", Protocol.HTTP1, SMALL, Rules.policies(1_000), 0));

    /** As a closed loop. */
    LoadPlan plan(String host, int port, String authority, long warmUpMillis, long warmUpRequests, long measureMillis) {
        boolean multiplexed = protocol == Protocol.HTTP2;
        return new LoadPlan(
                host,
                port,
                protocol,
                multiplexed ? HTTP2_CONNECTIONS : CONNECTIONS,
                multiplexed ? HTTP2_STREAMS : 1,
                authority,
                path,
                rules.routes(),
                headers,
                0,
                warmUpMillis,
                warmUpRequests,
                measureMillis);
    }
}
