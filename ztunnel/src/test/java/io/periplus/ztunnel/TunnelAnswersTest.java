package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.periplus.wire.authorization.Action;
import io.periplus.wire.authorization.Authorization;
import io.periplus.wire.authorization.Scope;
import io.periplus.wire.workload.Port;
import io.periplus.wire.workload.PortList;
import io.periplus.wire.workload.TunnelProtocol;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How port 15008 of the pod {@code stock} answers a client that is no ztunnel of ours. */
@Timeout(30)
final class TunnelAnswersTest {
    private static final int PORT = 8080;
    private static final String HOST = "stock.shop.svc.cluster.local";

    private final PodNetwork network = new PodNetwork();
    private TestNode node;
    private PodHost cart;
    private PodHost stock;
    private PodHost.EchoApp app;

    @BeforeEach
    void pods() throws IOException {
        serve(Features.DEFAULT);
    }

    private void serve(Features features) throws IOException {
        serve(TestNode.Setting.ofNetwork("", null).with(features));
    }

    private void serve(TestNode.Setting setting) throws IOException {
        node = new TestNode(setting);
        if (stock == null) {
            cart = network.pod("cart", false);
            stock = network.pod("stock", true);
            app = stock.echo(PORT);
        }
        node.publish(TestNode.service("stock", "10.96.0.7", 80, PORT)
                .addPorts(Port.newBuilder().setServicePort(81)) // named, as each endpoint maps it
                .addPorts(Port.newBuilder().setServicePort(82))
                .build());
        node.publish(TestNode.workload(stock, TunnelProtocol.HBONE)
                .putServices(
                        "shop/" + HOST,
                        PortList.newBuilder()
                                .addPorts(Port.newBuilder().setServicePort(81).setTargetPort(PORT))
                                .build())
                .build());
        node.serve(stock);
    }

    @AfterEach
    void close() throws IOException {
        app.close();
        node.close();
        network.close();
    }

    private ForeignClient client() throws Exception {
        return new ForeignClient(node, cart, stock);
    }

    private static void assertRefused(ForeignClient.Head head, String status) {
        assertThat(head.status()).isEqualTo(status);
        assertThat(head.last()).as("nothing follows").isTrue();
        assertThat(head.fields().contains("baggage"))
                .as("errors do not tell who is here")
                .isFalse();
        assertThat(head.fields().size()).isEqualTo(1);
    }

    @Test
    void settingsAreUpstreams() throws Exception {
        try (ForeignClient client = client()) {
            Http2Settings settings = client.settings();

            assertThat(settings.maxConcurrentStreams()).isEqualTo(200);
            assertThat(settings.initialWindowSize()).isEqualTo(4 << 20);
            assertThat(settings.maxFrameSize()).isEqualTo(1 << 20);
            assertThat(settings.maxHeaderListSize()).isEqualTo(64 << 10);
        }
    }

    @Test
    void windowsAndFramesAreAsTheEnvironmentSays() throws Exception {
        node.close();
        serve(TestNode.Setting.ofNetwork("", null)
                .with(ZtunnelConfig.of(Map.of(
                                "HTTP2_STREAM_WINDOW_SIZE", "131072",
                                "HTTP2_CONNECTION_WINDOW_SIZE", "262144",
                                "HTTP2_FRAME_SIZE", "32768"))
                        .hbone()));
        try (ForeignClient client = client()) {
            assertThat(client.settings().initialWindowSize()).isEqualTo(131_072);
            assertThat(client.settings().maxFrameSize()).isEqualTo(32_768);
        }
    }

    @Test
    void anAcceptedTunnelSaysWhoIsHere() throws Exception {
        try (ForeignClient client = client()) {
            ForeignClient.Head head = client.connect(stock.address() + ":" + PORT, Map.of());

            assertThat(head.status()).isEqualTo("200");
            assertThat(head.last()).isFalse();
            assertThat(head.fields().get("baggage"))
                    .hasToString("k8s.cluster.name=cluster1,k8s.namespace.name=shop,k8s.deployment.name=stock,"
                            + "service.name=stock");
        }
    }

    @Test
    void withResponseBaggageOffNeitherEndSpeaksOrListens() throws Exception {
        node.close();
        serve(new Features(false, true, true, false, Features.OriginalSource.IF_POSSIBLE, true, true));

        try (ForeignClient client = client()) {
            ForeignClient.Head head = client.connect(
                    stock.address() + ":" + PORT,
                    Map.of("x-forwarded-network", "elsewhere", "baggage", "service.name=somebody"));

            assertThat(head.status()).isEqualTo("200");
            assertThat(head.fields().size()).isEqualTo(1);
        }
        assertThat(await().until(() -> node.flows.of(Flow.Reporter.DESTINATION), ended -> !ended.isEmpty())
                        .getFirst()
                        .flow()
                        .sourceWorkload)
                .as("a client of another network that says who it is")
                .isNull();
    }

    @Test
    void aHostNameIsThatOfAServiceWithANumberedOrANamedPort() throws Exception {
        try (ForeignClient client = client()) {
            assertThat(client.connect(HOST + ":80", Map.of()).status()).isEqualTo("200");
            assertThat(client.connect(HOST + ":81", Map.of()).status()).isEqualTo("200");
            assertRefused(client.connect(HOST + ":82", Map.of()), "503");
            assertRefused(client.connect("nobody.shop.svc.cluster.local:80", Map.of()), "503");
        }
    }

    @Test
    void whatIsNoConnectOrNamesNoTargetOfThisPodIsBad() throws Exception {
        try (ForeignClient client = client()) {
            assertRefused(
                    client.ask(new DefaultHttp2Headers(false)
                            .method("GET")
                            .scheme("https")
                            .path("/")
                            .authority(stock.address() + ":" + PORT)),
                    "400");
            for (String authority : new String[] {
                "stock", stock.address(), stock.address() + ":", stock.address() + ":70000", "a b:80", "10.0.0.1.2:80"
            }) {
                assertRefused(client.connect(authority, Map.of()), "400");
            }
            assertRefused(client.connect(cart.address() + ":" + PORT, Map.of()), "400");
        }
        assertThat(node.flows.of(Flow.Reporter.DESTINATION))
                .anyMatch(ended -> ("ip mismatch: " + stock.address() + " != " + cart.address()).equals(ended.error()));
    }

    @Test
    void whatIsNotThereOrIsTheProxysOwnIsUnavailable() throws Exception {
        try (ForeignClient client = client()) {
            assertRefused(client.connect(stock.address() + ":" + (PORT + 1), Map.of()), "503");
            for (int own : new int[] {15001, 15006, 15008}) {
                assertRefused(client.connect(stock.address() + ":" + own, Map.of()), "503");
            }
        }
        assertThat(app.peers()).isEmpty();
    }

    @Test
    void aPodWhoseRecordDoesNotArriveIsUnavailable() throws Exception {
        try (ForeignClient client = client()) {
            assertThat(client.connect(stock.address() + ":" + PORT, Map.of()).status())
                    .isEqualTo("200");
            // The connection stays, its pod's record goes.
            node.index.apply(Map.of(), java.util.List.of("cluster1//Pod/shop/stock"));

            assertRefused(client.connect(stock.address() + ":" + PORT, Map.of()), "503");
        }
    }

    @Test
    void whatPolicyForbidsIsUnauthorized() throws Exception {
        node.policy(Authorization.newBuilder()
                .setNamespace(TestNode.NAMESPACE)
                .setName("nobody")
                .setScope(Scope.NAMESPACE)
                .setAction(Action.ALLOW)
                .build());
        try (ForeignClient client = client()) {
            assertRefused(client.connect(stock.address() + ":" + PORT, Map.of()), "401");
        }
        assertThat(node.flows.of(Flow.Reporter.DESTINATION).getFirst().error())
                .isEqualTo("connection closed due to policy rejection: allow policies exist, but none allowed");
    }

    @Test
    void whatAClientSaysOfItselfCountsOnlyOncePolicyHasLetItIn() throws Exception {
        Map<String, String> fields = Map.of(
                "x-forwarded-network",
                "elsewhere",
                "baggage",
                "k8s.namespace.name=%s,service.name=somebody".formatted("n".repeat(254)));
        try (ForeignClient client = client()) {
            assertThat(client.connect(stock.address() + ":" + PORT, fields).status())
                    .isEqualTo("200");
            var allowed = await().until(() -> node.flows.of(Flow.Reporter.DESTINATION), ended -> !ended.isEmpty());
            assertThat(allowed.getFirst().flow().sourceWorkload).satisfies(told -> {
                assertThat(told.getCanonicalName()).isEqualTo("somebody");
                assertThat(told.getNamespace()).as("longer than any name").isEmpty();
            });

            node.policy(Authorization.newBuilder()
                    .setNamespace(TestNode.NAMESPACE)
                    .setName("nobody")
                    .setScope(Scope.NAMESPACE)
                    .setAction(Action.ALLOW)
                    .build());
            assertRefused(client.connect(stock.address() + ":" + PORT, fields), "401");
        }
        var refused = node.flows.of(Flow.Reporter.DESTINATION).getLast();
        assertThat(refused.flag()).as("counts as opened, and as denied").isEqualTo(ResponseFlag.DENY);
        assertThat(refused.flow().sourceWorkload).isNull();
    }

    @Test
    void ofAnAuthorityAsLongAsAHeaderListLittleIsKept() throws Exception {
        try (ForeignClient client = client()) {
            for (String authority : new String[] {"a".repeat(60_000), "[::1%%%s]:80".formatted("1".repeat(60_000))}) {
                assertRefused(client.connect(authority, Map.of()), "400");
            }
        }
        assertThat(node.flows.of(Flow.Reporter.DESTINATION)).hasSize(2).allSatisfy(ended -> {
            assertThat(ended.error()).hasSizeLessThan(300);
            assertThat(ended.flow().hboneTarget).hasSizeLessThan(300);
        });
    }
}
