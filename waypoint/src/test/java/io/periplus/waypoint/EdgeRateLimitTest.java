package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import io.periplus.dataplane.index.IndexStore;
import io.periplus.dataplane.telemetry.MetricsRegistry;
import io.periplus.waypoint.edge.EdgeRules;
import io.periplus.waypoint.exchange.Gate;
import io.periplus.waypoint.exchange.Gates;
import io.periplus.waypoint.limit.LimitGate;
import io.periplus.waypoint.limit.LimitStore;
import io.periplus.wire.waypoint.Gateway;
import io.periplus.wire.waypoint.Listener;
import io.periplus.wire.waypoint.ListenerProtocol;
import io.periplus.wire.waypoint.RateLimitPolicy;
import io.periplus.wire.waypoint.RouteKind;
import io.periplus.wire.workload.AppProtocol;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Limits at a Gateway: of one listener, of all, of a route, and by the address of a client behind proxies. */
class EdgeRateLimitTest {
    private static final String ONE_AN_HOUR = "requests: 1 burst: 1 per { seconds: 3600 } ";

    private final Application application = new Application("127.0.1.1", 0, "accounts");
    private final int port = EdgeRig.freePort();
    private final LimitStore limits = new LimitStore(new MetricsRegistry());
    private EdgeRig rig;

    @BeforeEach
    void start() {
        rig = new EdgeRig(
                new EdgeRules(1),
                InetAddress.getLoopbackAddress(),
                new IndexStore(),
                () -> CompletableFuture.failedFuture(new IllegalStateException("no identity in this test")),
                15008,
                _ -> new Gates(Gate.OPEN, Gate.OPEN, new LimitGate(limits, LimitGate.processClock())));
        rig.service("accounts", AppProtocol.HTTP11, "127.0.1.1", application.port());
        Listener[] listeners = {listener("all", ""), listener("shop", "*.example.com")};
        limits.listeners(
                Gateway.newBuilder().addAllListeners(List.of(listeners)).build());
        rig.gateway(listeners);
        rig.route(RouteKind.HTTP, "all", List.of(), "accounts");
        rig.route(RouteKind.HTTP, "shop", List.of(), "accounts");
    }

    @AfterEach
    void stop() {
        rig.close();
        application.close();
        limits.close();
    }

    private Listener listener(String name, String hostname) {
        return Listener.newBuilder()
                .setName(name)
                .setPort(port)
                .setHostname(hostname)
                .setProtocol(ListenerProtocol.LISTENER_HTTP)
                .build();
    }

    private void policy(String name, String text) throws Exception {
        RateLimitPolicy.Builder policy =
                RateLimitPolicy.newBuilder().setNamespace("edge").setName(name);
        TextFormat.merge(text, policy);
        limits.apply(Map.of("edge/" + name, policy.build()), List.of());
    }

    private int status(String host, String client) throws IOException {
        try (RawClient connection = new RawClient(EdgeRig.at(port))) {
            return connection
                    .send("GET / HTTP/1.1\r\nHost: " + host + "\r\nX-Forwarded-For: 6.6.6.6, " + client
                            + "\r\nX-Envoy-External-Address: 7.7.7.7\r\n\r\n")
                    .answer()
                    .status();
        }
    }

    @Test
    void aListenersLimitIsOfItsHostsAlone() throws Exception {
        policy("p", "targets { listener: 'shop' } limits { name: 'x' " + ONE_AN_HOUR + "}");
        assertThat(status("www.example.com:80", "1.1.1.1")).isEqualTo(200);
        assertThat(status("WWW.example.com", "1.1.1.1")).isEqualTo(429);
        assertThat(status("other", "1.1.1.1")).isEqualTo(200);
        assertThat(status("other", "1.1.1.1")).isEqualTo(200);
    }

    @Test
    void aGatewaysLimitIsOfAllItsListeners() throws Exception {
        policy("p", "targets { gateway {} } limits { name: 'x' " + ONE_AN_HOUR + "}");
        assertThat(status("www.example.com", "1.1.1.1")).isEqualTo(200);
        assertThat(status("other", "1.1.1.1")).isEqualTo(429);
    }

    @Test
    void aRoutesLimitIsOneWhereverTheRouteIsServed() throws Exception {
        policy(
                "p",
                "targets { route { kind: HTTP namespace: 'accounts' name: 'to-accounts' } } limits { name: 'x' "
                        + ONE_AN_HOUR + "}");
        assertThat(status("www.example.com", "1.1.1.1")).isEqualTo(200);
        assertThat(status("other", "1.1.1.1")).isEqualTo(429);
    }

    @Test
    void theClientsAddressIsTheOneThatTheTrustedProxySaw() throws Exception {
        policy("p", "targets { gateway {} } limits { name: 'x' key { kind: CLIENT_ADDRESS } " + ONE_AN_HOUR + "}");
        assertThat(status("a", "1.1.1.1")).isEqualTo(200);
        assertThat(status("a", "1.1.1.1")).isEqualTo(429);
        assertThat(status("a", "2.2.2.2")).isEqualTo(200);
    }
}
