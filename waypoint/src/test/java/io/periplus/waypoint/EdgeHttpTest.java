package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.util.ResourceLeakDetector;
import io.periplus.waypoint.edge.EdgeRules;
import io.periplus.wire.waypoint.Listener;
import io.periplus.wire.waypoint.ListenerProtocol;
import io.periplus.wire.workload.AppProtocol;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** HTTP listeners of a Gateway: their ports, and what becomes of requests from outside. */
class EdgeHttpTest {
    private final Application application = new Application("127.0.1.1", 0, "accounts");
    private final int port = EdgeRig.freePort();
    private EdgeRig rig;

    @BeforeEach
    void start() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        rig = new EdgeRig();
        serve(rig);
    }

    private void serve(EdgeRig edge) {
        edge.service("accounts", AppProtocol.HTTP11, "127.0.1.1", application.port());
        edge.gateway(http(port));
    }

    @AfterEach
    void stop() {
        rig.close();
        application.close();
    }

    private static Listener http(int port) {
        return Listener.newBuilder()
                .setName("http-" + port)
                .setPort(port)
                .setProtocol(ListenerProtocol.LISTENER_HTTP)
                .build();
    }

    @Test
    void withoutARouteTheAnswerIs404() throws Exception {
        try (RawClient client = new RawClient(EdgeRig.at(port))) {
            assertThat(client.get("/").status()).isEqualTo(404);
        }
    }

    @Test
    void portsComeAndGoWithTheListeners() throws Exception {
        int second = EdgeRig.freePort();
        rig.gateway(http(port), http(second));
        assertThat(rig.proxy.ports()).containsExactlyInAnyOrder(port, second);
        try (RawClient kept = new RawClient(EdgeRig.at(port));
                RawClient leaving = new RawClient(EdgeRig.at(second))) {
            assertThat(kept.get("/").status()).isEqualTo(404);
            assertThat(leaving.get("/").status()).isEqualTo(404);
            rig.gateway(http(port));
            assertThatThrownBy(() -> new RawClient(EdgeRig.at(second))).isInstanceOf(ConnectException.class);
            assertThat(leaving.ended())
                    .as("an idle connection of a removed port")
                    .isTrue();
            assertThat(kept.get("/").status()).isEqualTo(404);
        }
    }

    @Test
    void aPortInUseIsOpenedOnceItIsFree() throws Exception {
        int taken = EdgeRig.freePort();
        try (java.net.ServerSocket _ = new java.net.ServerSocket(taken, 1, InetAddress.getLoopbackAddress())) {
            rig.gateway(http(port), http(taken));
            assertThat(rig.proxy.ports()).containsExactly(port);
        }
        await().untilAsserted(() -> assertThat(rig.proxy.ports()).contains(taken));
    }

    @Test
    void bothAddressFamiliesAreServedByOneSocket() throws Exception {
        try (EdgeRig dual = new EdgeRig(EdgeRules.DEFAULT, InetAddress.ofLiteral("::"))) {
            int both = EdgeRig.freePort();
            dual.service("accounts", AppProtocol.HTTP11, "127.0.1.1", application.port());
            dual.gateway(http(both));
            try (RawClient four = new RawClient(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), both));
                    RawClient six = new RawClient(new InetSocketAddress(InetAddress.ofLiteral("::1"), both))) {
                assertThat(four.get("/").status()).isEqualTo(404);
                assertThat(six.get("/").status()).isEqualTo(404);
            }
        }
    }
}
