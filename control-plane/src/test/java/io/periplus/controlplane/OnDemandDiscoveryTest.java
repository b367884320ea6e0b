package io.periplus.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.periplus.api.NamespacedName;
import io.periplus.controlplane.xds.TypeUrls;
import io.periplus.model.AmbientIndex;
import io.periplus.model.input.PodInput;
import io.periplus.model.input.ServiceEntryInput;
import io.periplus.model.input.ServiceInput;
import io.periplus.wire.xds.DeltaDiscoveryRequest;
import io.periplus.wire.xds.DeltaDiscoveryResponse;
import io.periplus.wire.xds.Resource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a ztunnel of node1 is sent that asks for single addresses. */
class OnDemandDiscoveryTest {
    private static final String LOCAL = "cluster1//Pod/shop/local";
    private static final String STOCK = "cluster1//Pod/shop/stock";
    private static final String SERVICE = "shop/stock.shop.svc.cluster.local";
    private static final String STOCK_IP = "network1/10.1.0.6";
    private static final String VIP = "network1/10.96.0.1";

    private Fixture fixture;

    @BeforeEach
    void start() throws Exception {
        fixture = new Fixture();
        fixture.change(index -> {
            index.watched.namespaces.put("shop", Fixture.namespace("shop", Map.of()));
            index.watched.namespaces.put(
                    "istio-system", Fixture.namespace("istio-system", Map.of("topology.istio.io/network", "network1")));
            pod(index, "local", "node1", "10.1.0.5");
            pod(index, "stock", "node2", "10.1.0.6");
        });
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void whatIsOnItsNodeComesUnaskedAndNothingElse() throws Exception {
        DeltaClient ztunnel = client();
        DeltaDiscoveryResponse first = first(ztunnel);
        assertThat(DeltaClient.names(first)).containsExactly(LOCAL);
        assertThat(first.getResources(0).getAliasesList()).containsExactly("network1/10.1.0.5");

        fixture.change(index -> pod(index, "cart", "node2", "10.1.0.7"));
        fixture.change(index -> pod(index, "second", "node1", "10.1.0.8"));
        assertThat(DeltaClient.names(ztunnel.next())).containsExactly("cluster1//Pod/shop/second");
        fixture.change(index -> index.watched.pods.remove(name("second")));
        assertThat(ztunnel.next().getRemovedResourcesList()).containsExactly("cluster1//Pod/shop/second");
    }

    @Test
    void aWorkloadComesByItsUidAndByItsAddressAndWithoutItsService() throws Exception {
        fixture.change(index -> service(index, "stock", "10.96.0.1"));
        DeltaClient ztunnel = client();
        first(ztunnel);
        assertThat(DeltaClient.names(ask(ztunnel, STOCK))).containsExactly(STOCK);
        assertThat(DeltaClient.names(ask(ztunnel, STOCK_IP))).containsExactly(STOCK);
    }

    @Test
    void aServiceComesWithItsWorkloadsUnderEachOfItsNames() throws Exception {
        fixture.change(index -> service(index, "stock", "10.96.0.1"));
        for (String asked : List.of(VIP, SERVICE)) {
            DeltaClient ztunnel = client();
            first(ztunnel);
            DeltaDiscoveryResponse answer = ask(ztunnel, asked);
            assertThat(DeltaClient.names(answer)).containsExactly(STOCK, SERVICE);
            assertThat(resource(answer, SERVICE).getAliasesList()).containsExactly(VIP);
            assertThat(resource(answer, STOCK).getAliasesList()).containsExactly(STOCK_IP);
        }
    }

    @Test
    void workloadsOfAServiceFollowIt() throws Exception {
        fixture.change(index -> service(index, "stock", "10.96.0.1"));
        DeltaClient ztunnel = client();
        first(ztunnel);
        ask(ztunnel, VIP);
        fixture.change(index -> pod(index, "cart", "node2", "10.1.0.7"));
        fixture.change(index -> replica(index, "stock-2", "stock", "10.1.0.9"));
        assertThat(DeltaClient.names(ztunnel.next())).containsExactly("cluster1//Pod/shop/stock-2");
        fixture.change(index -> index.watched.pods.remove(name("stock")));
        assertThat(ztunnel.next().getRemovedResourcesList()).containsExactly(STOCK);
    }

    @Test
    void whatIsUnknownIsSaidToBeAndComesWhenItIsThere() throws Exception {
        DeltaClient ztunnel = client();
        first(ztunnel);
        assertThat(ask(ztunnel, VIP).getRemovedResourcesList()).containsExactly(VIP);
        assertThat(ask(ztunnel, "network1/10.1.0.7").getRemovedResourcesList()).containsExactly("network1/10.1.0.7");

        fixture.change(index -> service(index, "stock", "10.96.0.1"));
        DeltaDiscoveryResponse service = ztunnel.next();
        assertThat(DeltaClient.names(service)).containsExactly(STOCK, SERVICE);
        assertThat(resource(service, SERVICE).getAliasesList()).containsExactly(VIP);
        fixture.change(index -> pod(index, "cart", "node2", "10.1.0.7"));
        assertThat(DeltaClient.names(ztunnel.next())).containsExactly("cluster1//Pod/shop/cart");
    }

    @Test
    void anAddressWithinAServicesBlockStandsForTheService() throws Exception {
        String inside = "network1/198.51.100.7";
        DeltaClient ztunnel = client();
        first(ztunnel);
        assertThat(ask(ztunnel, inside).getRemovedResourcesList()).containsExactly(inside);

        fixture.change(index -> index.watched.serviceEntries.put(name("outside"), entry("198.51.100.0/24")));
        DeltaDiscoveryResponse pushed = ztunnel.next();
        assertThat(DeltaClient.names(pushed)).contains("shop/outside.example");
        assertThat(resource(pushed, "shop/outside.example").getAliasesList())
                .containsExactly("network1/198.51.100.0/24", inside);

        DeltaClient later = client();
        first(later);
        DeltaDiscoveryResponse answer = ask(later, inside);
        assertThat(DeltaClient.names(answer)).contains("shop/outside.example");
        assertThat(answer.getRemovedResourcesList()).isEmpty();
    }

    @Test
    void whatAClientHoldsWhenItComesBackIsFollowedAgain() throws Exception {
        fixture.change(index -> service(index, "stock", "10.96.0.1"));
        DeltaClient before = client();
        String local = first(before).getResources(0).getVersion();
        DeltaDiscoveryResponse held = ask(before, VIP);

        DeltaClient ztunnel = client();
        DeltaDiscoveryResponse first = first(
                ztunnel,
                Map.of(
                        LOCAL,
                        local,
                        SERVICE,
                        resource(held, SERVICE).getVersion(),
                        STOCK,
                        "older",
                        "network1/10.9.9.9",
                        "",
                        "cluster1//Pod/shop/gone",
                        "x"));
        assertThat(DeltaClient.names(first)).containsExactly(STOCK);
        assertThat(first.getRemovedResourcesList()).containsExactly("cluster1//Pod/shop/gone", "network1/10.9.9.9");

        fixture.change(index -> service(index, "stock", "10.96.0.2"));
        assertThat(DeltaClient.names(ztunnel.next())).containsExactly(SERVICE);
        fixture.change(index -> pod(index, "late", "node2", "10.9.9.9"));
        assertThat(DeltaClient.names(ztunnel.next())).containsExactly("cluster1//Pod/shop/late");
    }

    @Test
    void whoAsksAgainIsAnsweredAgainAndWhoAsksNoMoreIsNotTold() throws Exception {
        DeltaClient ztunnel = client();
        first(ztunnel);
        assertThat(ask(ztunnel, VIP).getRemovedResourcesList()).containsExactly(VIP);
        assertThat(ask(ztunnel, VIP).getRemovedResourcesList()).containsExactly(VIP);
        ztunnel.send(
                DeltaDiscoveryRequest.newBuilder().setTypeUrl(TypeUrls.ADDRESS).addResourceNamesUnsubscribe(VIP));
        ztunnel.next();
        fixture.change(index -> service(index, "stock", "10.96.0.1"));
        fixture.change(index -> pod(index, "second", "node1", "10.1.0.8"));
        assertThat(DeltaClient.names(ztunnel.next())).containsExactly("cluster1//Pod/shop/second");
    }

    @Test
    void aClientThatAsksForMoreThanAMeshHasIsTurnedAway() throws Exception {
        DeltaClient ztunnel = client();
        first(ztunnel);
        for (int batch = 0; batch < 3; batch++) {
            DeltaDiscoveryRequest.Builder request =
                    DeltaDiscoveryRequest.newBuilder().setTypeUrl(TypeUrls.ADDRESS);
            for (int i = 0; i < 100_000; i++) {
                request.addResourceNamesSubscribe("/" + batch + "/" + i);
            }
            ztunnel.send(request);
        }
        assertThat(ztunnel.end().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    }

    @Test
    void aSecondRequestForAddressesWhileTheFirstIsHeldGoesOnWhereThatBegan() throws Exception {
        DeltaClient ztunnel = DeltaClient.ztunnel(fixture);
        ztunnel.send(DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(TypeUrls.ADDRESS)
                .addResourceNamesSubscribe("*")
                .addResourceNamesUnsubscribe("*"));
        assertThat(DeltaClient.names(ask(ztunnel, STOCK_IP))).containsExactly(LOCAL);
        assertThat(DeltaClient.names(ztunnel.next())).containsExactly(STOCK);

        fixture.change(index -> pod(index, "stock", "node3", "10.1.0.6"));
        assertThat(DeltaClient.names(ztunnel.next())).containsExactly(STOCK);
        assertThat(fixture.connections.states().getFirst().types()).hasSize(1);
    }

    private DeltaClient client() throws Exception {
        DeltaClient ztunnel = DeltaClient.ztunnel(fixture);
        ztunnel.subscribe(TypeUrls.AUTHORIZATION);
        ztunnel.next();
        return ztunnel;
    }

    private static DeltaDiscoveryResponse first(DeltaClient ztunnel) throws Exception {
        return first(ztunnel, Map.of());
    }

    /** The first request as upstream's ztunnel sends it: everything and nothing. */
    private static DeltaDiscoveryResponse first(DeltaClient ztunnel, Map<String, String> held) throws Exception {
        ztunnel.send(DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(TypeUrls.ADDRESS)
                .addResourceNamesSubscribe("*")
                .addResourceNamesUnsubscribe("*")
                .putAllInitialResourceVersions(held));
        return ztunnel.next();
    }

    private static DeltaDiscoveryResponse ask(DeltaClient ztunnel, String name) throws Exception {
        ztunnel.send(
                DeltaDiscoveryRequest.newBuilder().setTypeUrl(TypeUrls.ADDRESS).addResourceNamesSubscribe(name));
        return ztunnel.next();
    }

    private static Resource resource(DeltaDiscoveryResponse response, String name) {
        return response.getResourcesList().stream()
                .filter(resource -> resource.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static NamespacedName name(String name) {
        return new NamespacedName("shop", name);
    }

    private static void pod(AmbientIndex index, String name, String node, String ip) {
        index.watched.pods.put(name(name), Fixture.pod("shop", name, name, node, ip));
    }

    /** Another pod of a service, on another node. */
    private static void replica(AmbientIndex index, String name, String of, String ip) {
        PodInput pod = Fixture.pod("shop", name, of, "node3", ip);
        index.watched.pods.put(
                name(name),
                new PodInput(
                        pod.key(),
                        pod.uid(),
                        Map.of("app", of),
                        pod.annotations(),
                        pod.serviceAccount(),
                        pod.node(),
                        false,
                        pod.addresses(),
                        true,
                        false,
                        false,
                        null,
                        Map.of()));
    }

    private static void service(AmbientIndex index, String name, String ip) {
        index.watched.services.put(
                name(name),
                new ServiceInput(
                        name(name),
                        "uid",
                        "",
                        Map.of(),
                        Map.of(),
                        "ClusterIP",
                        List.of(ip),
                        List.of(),
                        List.of("IPv4"),
                        List.of(new ServiceInput.ServicePort("http", 80, "TCP", null, null, 8080)),
                        Map.of("app", name),
                        false,
                        "",
                        "",
                        List.of()));
    }

    private static ServiceEntryInput entry(String block) {
        return new ServiceEntryInput(
                name("outside"),
                "",
                Map.of(),
                Map.of(),
                List.of("outside.example"),
                List.of(block),
                List.of(),
                List.of(new ServiceInput.ServicePort("tcp", 443, "TCP", "tcp", null, 443)),
                "NONE",
                List.of(),
                Map.of(),
                List.of(),
                List.of());
    }
}
