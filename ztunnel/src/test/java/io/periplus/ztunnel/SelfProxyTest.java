package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.periplus.api.SpiffeId;
import io.periplus.dataplane.hbone.HbonePool;
import io.periplus.dataplane.hbone.HboneSettings;
import io.periplus.dataplane.hbone.HboneTarget;
import io.periplus.dataplane.net.SocketFactory;
import io.periplus.dataplane.net.SocketSettings;
import io.periplus.dataplane.tls.CompliancePolicy;
import io.periplus.dataplane.tls.WorkloadTls;
import io.periplus.wire.workload.Workload;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The proxy's own pod as a destination of the mesh. */
@Timeout(30)
final class SelfProxyTest {
    private static final SpiffeId SELF = new SpiffeId("cluster.local", "istio-system", "ztunnel");

    @Test
    void itsPortsAreReachedInItsOwnName() throws Exception {
        try (TestNode node = new TestNode();
                ServerSocket metrics = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            HbonePool pool = new HbonePool(HboneSettings.DEFAULT);
            node.publish(Workload.newBuilder()
                    .setUid("ztunnel")
                    .setName("ztunnel-abc")
                    .setNamespace("istio-system")
                    .setServiceAccount("ztunnel")
                    .setNode("node1")
                    .build());
            Pod own = new Pod("self", "istio-system", "ztunnel-abc", "ztunnel");
            try (SelfProxy self = SelfProxy.start(node.node, own, 0)) {
                EventLoop loop = node.loops.next();
                HboneTarget target = new HboneTarget(
                        new WorkloadTls(node.ca.issue("shop", "prometheus"), CompliancePolicy.DEFAULT),
                        Set.of(SELF),
                        null,
                        new InetSocketAddress(
                                InetAddress.getLoopbackAddress(), self.address().getPort()),
                        "127.0.0.1:" + metrics.getLocalPort(),
                        Map.of(
                                "x-forwarded-network", "elsewhere",
                                "baggage", "k8s.cluster.name=far,k8s.pod.name=scraper,service.name=scraper"),
                        SocketFactory.own(SocketSettings.PLAIN));

                Future<Channel> tunnel = pool.connect(target, loop).sync();

                assertThat(tunnel.getNow().isActive()).isTrue();
                try (var accepted = metrics.accept()) {
                    assertThat(accepted.getInetAddress().isLoopbackAddress()).isTrue();
                }
                pool.close();
                var flow = await().until(() -> node.flows.of(Flow.Reporter.DESTINATION), ended -> !ended.isEmpty())
                        .getFirst()
                        .flow();
                assertThat(flow.sourceIdentity).isEqualTo(new SpiffeId("cluster.local", "shop", "prometheus"));
                assertThat(flow.sourceWorkload.getClusterId())
                        .as("a client of another network describes itself")
                        .isEqualTo("far");
                assertThat(flow.sourceWorkload.getCanonicalName()).isEqualTo("scraper");
            }
        }
    }
}
