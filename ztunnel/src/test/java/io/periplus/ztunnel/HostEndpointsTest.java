package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.periplus.wire.workload.PortList;
import io.periplus.wire.workload.TunnelProtocol;
import io.periplus.wire.workload.Workload;
import io.periplus.ztunnel.dns.DnsSettings;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Endpoints that the mesh knows by host name only, as of a ServiceEntry with resolution DNS. */
@Timeout(30)
final class HostEndpointsTest {
    private static final String VIP = "240.240.0.9";
    private static final int PORT = 8080;

    private final PodNetwork network = new PodNetwork();
    private PodHost cart;
    private PodHost.EchoApp app;
    private NameServer names;
    private TestNode node;

    @BeforeEach
    void pods() throws IOException {
        cart = network.pod("cart", true);
        PodHost outside = network.pod("outside", false);
        app = outside.echo(PORT);
        names = NameServer.onLoopback(outside.address());
        node = new TestNode(
                new DnsSettings(true, DnsSettings.LOOPBACK, List.of(names.address()), "cluster.local", "", true));
        node.enrol(cart);
        node.publish(TestNode.service("api", VIP, 80, PORT).build());
    }

    @AfterEach
    void close() throws IOException {
        node.close();
        names.close();
        app.close();
        network.close();
    }

    @Test
    void theirNamesAreResolvedWhenAConnectionNeedsThem() throws IOException {
        node.publish(endpoint("known.example"));

        for (int i = 0; i < 3; i++) {
            assertThat(cart.call(VIP, 80, "by name")).isEqualTo("by name");
        }

        assertThat(names.overUdp.get()).as("kept").isBetween(1, 2);
        StringBuilder metrics = new StringBuilder();
        node.metrics.expose(metrics);
        assertThat(metrics)
                .contains("istio_on_demand_dns_total{source_workload=\"cart\"")
                .contains("hostname=\"known.example\"} 3");
    }

    @Test
    void aNameThatDoesNotResolveIsAFailureThatSaysSo() {
        node.publish(endpoint("nobody.example"));

        assertThatThrownBy(() -> assertThat(cart.call(VIP, 80, "lost")).isEqualTo("lost"))
                .isInstanceOfAny(IOException.class, AssertionError.class);

        var ended = await().until(() -> node.flows.of(Flow.Reporter.SOURCE), flows -> !flows.isEmpty());
        assertThat(ended.getFirst().error()).contains("cannot resolve the endpoint's host name nobody.example");
        assertThat(ended.getFirst().flag()).isEqualTo(ResponseFlag.CONNECT);
    }

    private static Workload endpoint(String hostname) {
        return Workload.newBuilder()
                .setUid("cluster1/networking.istio.io/ServiceEntry/shop/api/" + hostname)
                .setName("api")
                .setNamespace(TestNode.NAMESPACE)
                .setHostname(hostname)
                .setTunnelProtocol(TunnelProtocol.NONE)
                .putServices(TestNode.NAMESPACE + "/" + TestNode.hostname("api"), PortList.getDefaultInstance())
                .build();
    }
}
