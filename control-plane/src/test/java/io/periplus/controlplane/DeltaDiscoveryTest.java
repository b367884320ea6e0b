package io.periplus.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Status;
import io.periplus.api.NamespacedName;
import io.periplus.api.security.AuthorizationPolicy;
import io.periplus.controlplane.xds.TypeUrls;
import io.periplus.wire.workload.Address;
import io.periplus.wire.workload.TunnelProtocol;
import io.periplus.wire.xds.DeltaDiscoveryRequest;
import io.periplus.wire.xds.DeltaDiscoveryResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeltaDiscoveryTest {
    private static final String POD = "cluster1//Pod/accounts/web";
    private Fixture fixture;

    @BeforeEach
    void start() throws Exception {
        fixture = new Fixture();
        fixture.change(index -> {
            index.watched.namespaces.put("accounts", Fixture.namespace("accounts", Map.of()));
            index.watched.namespaces.put(
                    "istio-system", Fixture.namespace("istio-system", Map.of("topology.istio.io/network", "network1")));
        });
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void everyFirstRequestIsAnsweredEvenWhenThereIsNothing() throws Exception {
        DeltaClient ztunnel = DeltaClient.ztunnel(fixture);
        ztunnel.subscribe(TypeUrls.ADDRESS);
        ztunnel.subscribe(TypeUrls.AUTHORIZATION);
        assertThat(List.of(ztunnel.next().getTypeUrl(), ztunnel.next().getTypeUrl()))
                .containsExactly(TypeUrls.AUTHORIZATION, TypeUrls.ADDRESS);
    }

    @Test
    void aClientThatAsksForNoPoliciesGetsItsAddressesAllTheSame() throws Exception {
        DeltaClient ztunnel = DeltaClient.ztunnel(fixture);
        ztunnel.subscribe(TypeUrls.ADDRESS);
        assertThat(ztunnel.next().getTypeUrl()).isEqualTo(TypeUrls.ADDRESS);
    }

    @Test
    void aPodArrivesWithEverythingZtunnelNeeds() throws Exception {
        DeltaClient ztunnel = synced();
        addPod();
        DeltaDiscoveryResponse response = ztunnel.next();
        assertThat(DeltaClient.names(response)).containsExactly(POD);
        var workload = Address.parseFrom(response.getResources(0).getResource().getValue())
                .getWorkload();
        assertThat(workload.getNetwork()).isEqualTo("network1");
        assertThat(workload.getTunnelProtocol()).isEqualTo(TunnelProtocol.HBONE);
        assertThat(workload.getServiceAccount()).isEqualTo("web");
        assertThat(workload.getNode()).isEqualTo("node1");
    }

    @Test
    void aPodThatGoesIsRemovedByItsUid() throws Exception {
        addPod();
        DeltaClient ztunnel = synced();
        fixture.change(index -> index.watched.pods.remove(new NamespacedName("accounts", "web")));
        assertThat(ztunnel.next().getRemovedResourcesList()).containsExactly(POD);
    }

    @Test
    void aReconnectingClientGetsOnlyWhatChangedAndLearnsWhatIsGone() throws Exception {
        addPod();
        DeltaClient first = DeltaClient.ztunnel(fixture);
        first.subscribe(TypeUrls.AUTHORIZATION);
        first.subscribe(TypeUrls.ADDRESS);
        first.next();
        DeltaDiscoveryResponse held = first.next();
        String version = held.getResources(0).getVersion();

        DeltaClient second = DeltaClient.ztunnel(fixture);
        second.subscribe(TypeUrls.AUTHORIZATION);
        second.next();
        second.send(DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(TypeUrls.ADDRESS)
                .putInitialResourceVersions(POD, version)
                .putInitialResourceVersions("cluster1//Pod/accounts/gone", "x"));
        DeltaDiscoveryResponse answer = second.next();
        assertThat(answer.getResourcesList()).isEmpty();
        assertThat(answer.getRemovedResourcesList()).containsExactly("cluster1//Pod/accounts/gone");

        DeltaClient third = DeltaClient.ztunnel(fixture);
        third.subscribe(TypeUrls.AUTHORIZATION);
        third.next();
        third.send(DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(TypeUrls.ADDRESS)
                .putInitialResourceVersions(POD, "older"));
        assertThat(DeltaClient.names(third.next())).containsExactly(POD);
    }

    @Test
    void aRefusedResponseIsNotSentAgainAndTheStreamStaysOpen() throws Exception {
        addPod();
        DeltaClient ztunnel = DeltaClient.ztunnel(fixture);
        ztunnel.subscribe(TypeUrls.AUTHORIZATION);
        ztunnel.subscribe(TypeUrls.ADDRESS);
        ztunnel.next();
        DeltaDiscoveryResponse response = ztunnel.next();
        ztunnel.send(DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(TypeUrls.ADDRESS)
                .setResponseNonce(response.getNonce())
                .setErrorDetail(Status.newBuilder().setMessage(POD + ": no")));
        assertThat(ztunnel.nextIfAny()).isNull();
        fixture.change(index -> index.watched.pods.put(
                new NamespacedName("accounts", "web"), Fixture.pod("accounts", "web", "other", "node1", "10.1.0.5")));
        assertThat(DeltaClient.names(ztunnel.next())).containsExactly(POD);
        assertThat(fixture.connections.states().getFirst().types())
                .anySatisfy(type -> assertThat(type.error()).contains("no"));
    }

    @Test
    void aPolicyComesBeforeTheAddressThatNamesItAndGoesAfterIt() throws Exception {
        addPod();
        DeltaClient ztunnel = synced();
        NamespacedName name = new NamespacedName("accounts", "only-web");
        fixture.change(index -> index.watched.authorizationPolicies.put(name, selecting(name, Map.of("app", "web"))));
        DeltaDiscoveryResponse policy = ztunnel.next();
        DeltaDiscoveryResponse address = ztunnel.next();
        assertThat(policy.getTypeUrl()).isEqualTo(TypeUrls.AUTHORIZATION);
        assertThat(DeltaClient.names(policy)).containsExactly("accounts/only-web");
        assertThat(policies(address)).containsExactly("accounts/only-web");

        fixture.change(index -> index.watched.authorizationPolicies.remove(name));
        DeltaDiscoveryResponse without = ztunnel.next();
        DeltaDiscoveryResponse removal = ztunnel.next();
        assertThat(policies(without)).isEmpty();
        assertThat(removal.getRemovedResourcesList()).containsExactly("accounts/only-web");
    }

    @Test
    void aTokenThatIsRefusedEndsTheStream() throws Exception {
        DeltaClient client = new DeltaClient(fixture.channel("nonsense"), "ztunnel~1.1.1.1~a.b~c", Map.of());
        assertThat(client.end().getCode()).isEqualTo(io.grpc.Status.Code.UNAUTHENTICATED);
    }

    @Test
    void aClientCannotIntroduceItselfAsOfAnotherNamespace() throws Exception {
        DeltaClient client = new DeltaClient(
                fixture.channel("default/someone/pod/uid"),
                "ztunnel~10.0.0.2~ztunnel-1.istio-system~istio-system.svc.cluster.local",
                Map.of("NAMESPACE", "istio-system"));
        client.subscribe(TypeUrls.ADDRESS);
        assertThat(client.end().getCode()).isEqualTo(io.grpc.Status.Code.PERMISSION_DENIED);
    }

    @Test
    void aNodeIdThatIsNoneIsAnInvalidArgument() throws Exception {
        DeltaClient client = new DeltaClient(
                fixture.channel("istio-system/ztunnel/ztunnel-1/uid"), "ztunnel~nowhere~a.b~c", Map.of());
        client.subscribe(TypeUrls.ADDRESS);
        assertThat(client.end().getCode()).isEqualTo(io.grpc.Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void anotherSignerIsPresentedToWhoeverConnectsAndLeavesTheStreamsThatAreThere() throws Exception {
        DeltaClient former = synced();
        fixture.resign();
        // This one trusts the new root only.
        DeltaClient next = synced();
        addPod();
        assertThat(DeltaClient.names(former.next())).containsExactly(POD);
        assertThat(DeltaClient.names(next.next())).containsExactly(POD);
    }

    private DeltaClient synced() throws Exception {
        DeltaClient ztunnel = DeltaClient.ztunnel(fixture);
        ztunnel.subscribe(TypeUrls.ADDRESS);
        ztunnel.subscribe(TypeUrls.AUTHORIZATION);
        ztunnel.ack(ztunnel.next());
        ztunnel.ack(ztunnel.next());
        return ztunnel;
    }

    private void addPod() {
        fixture.change(index -> index.watched.pods.put(
                new NamespacedName("accounts", "web"), Fixture.pod("accounts", "web", "web", "node1", "10.1.0.5")));
    }

    private static List<String> policies(DeltaDiscoveryResponse response) throws Exception {
        return Address.parseFrom(response.getResources(0).getResource().getValue())
                .getWorkload()
                .getAuthorizationPoliciesList();
    }

    private static AuthorizationPolicy selecting(NamespacedName name, Map<String, String> labels) {
        return new AuthorizationPolicy(
                name, 1, "", labels, List.of(), AuthorizationPolicy.Action.ALLOW, null, false, List.of(), List.of());
    }
}
