package io.periplus.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.api.NamespacedName;
import io.periplus.controlplane.xds.TypeUrls;
import io.periplus.model.AmbientIndex;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.input.ReferenceInput;
import io.periplus.model.input.SecretInput;
import io.periplus.wire.waypoint.Gateway;
import io.periplus.wire.xds.DeltaDiscoveryResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the proxies of a Gateway at the edge are sent, and what others are not. */
class EdgeDiscoveryTest {
    private static final NamespacedName GATEWAY = new NamespacedName("edge", "gw");
    private static final NamespacedName SECRET = new NamespacedName("edge", "cert");

    private Fixture fixture;

    @BeforeEach
    void start() throws Exception {
        fixture = new Fixture();
        fixture.change(index -> {
            index.watched.namespaces.put("edge", Fixture.namespace("edge", Map.of()));
            secret(index, "key one");
            index.watched.gateways.put(GATEWAY, gateway());
        });
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void itsOwnProxiesGetItsListenersWithTheirKeysAndEveryChange() throws Exception {
        DeltaClient proxy = proxy("edge/gw-istio/gw-istio-1/uid");
        proxy.subscribe(TypeUrls.GATEWAY);
        DeltaDiscoveryResponse first = proxy.next();
        assertThat(key(first)).isEqualTo("key one");
        proxy.ack(first);
        fixture.change(index -> secret(index, "key two"));
        DeltaDiscoveryResponse second = proxy.next();
        assertThat(key(second)).isEqualTo("key two");
        proxy.ack(second);
        fixture.change(index -> index.watched.tlsSecrets.remove(SECRET));
        assertThat(gateway(proxy.next()).getListenersList()).isEmpty();
    }

    @Test
    void aProxyOfAnotherServiceAccountThatNamesTheGatewayGetsNothing() throws Exception {
        DeltaClient stranger = proxy("edge/stranger/gw-istio-1/uid");
        stranger.subscribe(TypeUrls.GATEWAY);
        assertThat(stranger.next().getResourcesList()).isEmpty();
    }

    private DeltaClient proxy(String token) throws Exception {
        return new DeltaClient(
                fixture.channel(token),
                "router~10.0.0.2~gw-istio-1.edge~edge.svc.cluster.local",
                Map.of("NAME", "gw-istio-1", "NAMESPACE", "edge", "GATEWAY_NAME", "gw"));
    }

    private static String key(DeltaDiscoveryResponse response) throws Exception {
        return gateway(response).getListeners(0).getTls().getCertificates(0).getPrivateKey();
    }

    private static Gateway gateway(DeltaDiscoveryResponse response) throws Exception {
        return Gateway.parseFrom(response.getResources(0).getResource().getValue());
    }

    private static void secret(AmbientIndex index, String key) {
        index.watched.tlsSecrets.put(SECRET, new SecretInput(SECRET, "chain", key, ""));
    }

    private static GatewayInput gateway() {
        return new GatewayInput(
                GATEWAY,
                "uid",
                1,
                "",
                Map.of(),
                Map.of(),
                "istio",
                List.of(new GatewayInput.Listener(
                        "https",
                        443,
                        "HTTPS",
                        "",
                        new GatewayInput.Allowed("Same", null),
                        List.of(),
                        new GatewayInput.Tls("Terminate", List.of(new ReferenceInput("", "Secret", "edge", "cert"))))),
                null,
                null,
                List.of(),
                List.of(),
                List.of());
    }
}
