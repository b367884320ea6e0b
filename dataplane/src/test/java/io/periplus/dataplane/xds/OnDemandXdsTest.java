package io.periplus.dataplane.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Any;
import io.grpc.stub.StreamObserver;
import io.periplus.dataplane.controlplane.ControlPlaneAddress;
import io.periplus.dataplane.controlplane.ControlPlaneChannels;
import io.periplus.dataplane.index.IndexStore;
import io.periplus.dataplane.policy.PolicyStore;
import io.periplus.dataplane.testing.TestAuthority;
import io.periplus.dataplane.testing.TestControlPlane;
import io.periplus.wire.workload.Address;
import io.periplus.wire.workload.Workload;
import io.periplus.wire.xds.DeltaDiscoveryRequest;
import io.periplus.wire.xds.DeltaDiscoveryResponse;
import io.periplus.wire.xds.Resource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client that asks for single addresses, against a real gRPC server. */
class OnDemandXdsTest {
    private static final String ADDRESS = AddressHandler.TYPE_URL;
    private static final String POLICY = PolicyHandler.ZTUNNEL_TYPE_URL;

    @TempDir
    Path files;

    private final TestAuthority authority = new TestAuthority();
    private final IndexStore index = IndexStore.onDemand();
    private TestControlPlane controlPlane;
    private ControlPlaneChannels channels;
    private DeltaXdsClient client;

    @BeforeEach
    void start() throws Exception {
        controlPlane = new TestControlPlane(authority, 0);
        Path roots = Files.writeString(files.resolve("root-cert.pem"), TestAuthority.pem(authority.root()));
        Path token = Files.writeString(files.resolve("istio-token"), "token");
        channels = new ControlPlaneChannels(
                new ControlPlaneAddress(controlPlane.uri(), roots, token, "cluster1", Map.of()));
        client = new DeltaXdsClient(
                channels,
                ProxyNode.of("ztunnel", "10.0.0.1", "z", "istio-system", "cluster.local", Map.of()),
                List.of(PolicyHandler.forZtunnel(new PolicyStore()), new AddressHandler(index)),
                XdsEvents.NONE);
        client.start();
    }

    @AfterEach
    void stop() {
        client.close();
        channels.close();
        controlPlane.close();
    }

    @Test
    void followsAllPoliciesAndNoAddressAndIsReadyWithThePoliciesAlone() throws Exception {
        DeltaDiscoveryRequest policies = controlPlane.nextRequest();
        assertThat(policies.getTypeUrl()).isEqualTo(POLICY);
        assertThat(policies.getResourceNamesSubscribeList()).isEmpty();
        assertThat(policies.getResourceNamesUnsubscribeList()).isEmpty();
        DeltaDiscoveryRequest addresses = controlPlane.nextRequest();
        assertThat(addresses.getTypeUrl()).isEqualTo(ADDRESS);
        assertThat(addresses.getResourceNamesSubscribeList()).containsExactly("*");
        assertThat(addresses.getResourceNamesUnsubscribeList()).containsExactly("*");
        assertThat(client.synced()).isNotDone();
        controlPlane.nextStream().onNext(response(POLICY, "p1").build());
        client.synced().get(10, TimeUnit.SECONDS);
    }

    @Test
    void asksForANameAndKnowsWhenItIsAnswered() throws Exception {
        StreamObserver<DeltaDiscoveryResponse> stream = opened();
        client.ask(ADDRESS, "/10.0.0.7");
        DeltaDiscoveryRequest request = controlPlane.nextRequest();
        assertThat(request.getResourceNamesSubscribeList()).containsExactly("/10.0.0.7");
        assertThat(request.getResponseNonce()).isEmpty();
        assertThat(index.current().isAnswered("/10.0.0.7")).isFalse();

        stream.onNext(response(ADDRESS, "a2")
                .addResources(workload("w").toBuilder().addAliases("/10.0.0.7"))
                .build());
        await().until(() -> index.current().isAnswered("/10.0.0.7"));
        assertThat(index.current().workload("w")).isNotNull();
        assertThat(controlPlane.nextRequest().getResponseNonce()).isEqualTo("a2");

        client.ask(ADDRESS, "shop/nowhere");
        controlPlane.nextRequest();
        stream.onNext(
                response(ADDRESS, "a3").addRemovedResources("shop/nowhere").build());
        await().until(() -> index.current().isAnswered("shop/nowhere"));
    }

    @Test
    void comesBackWithWhatItAskedForAndWithWhatItHolds() throws Exception {
        StreamObserver<DeltaDiscoveryResponse> stream = opened();
        client.ask(ADDRESS, "/10.0.0.7");
        controlPlane.nextRequest();
        stream.onNext(response(ADDRESS, "a2")
                .addResources(workload("w").toBuilder().addAliases("/10.0.0.7"))
                .build());
        controlPlane.nextRequest();
        client.ask(ADDRESS, "/10.0.0.8");
        controlPlane.nextRequest();
        stream.onCompleted();

        StreamObserver<DeltaDiscoveryResponse> again = controlPlane.nextStream();
        controlPlane.nextRequest();
        DeltaDiscoveryRequest addresses = controlPlane.nextRequest();
        assertThat(addresses.getResourceNamesSubscribeList()).containsExactly("*", "/10.0.0.7", "/10.0.0.8");
        assertThat(addresses.getResourceNamesUnsubscribeList()).containsExactly("*");
        assertThat(addresses.getInitialResourceVersionsMap()).isEqualTo(Map.of("w", "v1"));
        assertThat(index.current().isAnswered("/10.0.0.7")).isTrue();
        assertThat(index.current().isAnswered("/10.0.0.8")).isFalse();
        again.onNext(response(ADDRESS, "b1").addRemovedResources("/10.0.0.8").build());
        await().until(() -> index.current().isAnswered("/10.0.0.8"));
    }

    @Test
    void anAnswerThatCannotBeUsedIsNone() throws Exception {
        StreamObserver<DeltaDiscoveryResponse> stream = opened();
        client.ask(ADDRESS, "/10.0.0.7");
        controlPlane.nextRequest();
        Resource broken = Resource.newBuilder()
                .setName("w")
                .addAliases("/10.0.0.7")
                .setResource(Any.pack(Address.getDefaultInstance()))
                .build();
        stream.onNext(response(ADDRESS, "a2").addResources(broken).build());
        assertThat(controlPlane.nextRequest().hasErrorDetail()).isTrue();
        assertThat(index.current().isAnswered("/10.0.0.7")).isFalse();
    }

    /** Opened, and both types answered. */
    private StreamObserver<DeltaDiscoveryResponse> opened() throws InterruptedException {
        controlPlane.nextRequest();
        controlPlane.nextRequest();
        StreamObserver<DeltaDiscoveryResponse> stream = controlPlane.nextStream();
        stream.onNext(response(POLICY, "p1").build());
        stream.onNext(response(ADDRESS, "a1").build());
        controlPlane.nextRequest();
        controlPlane.nextRequest();
        return stream;
    }

    private static DeltaDiscoveryResponse.Builder response(String type, String nonce) {
        return DeltaDiscoveryResponse.newBuilder().setTypeUrl(type).setNonce(nonce);
    }

    private static Resource workload(String uid) {
        Workload workload = Workload.newBuilder()
                .setUid(uid)
                .setName(uid)
                .setNamespace("ns")
                .build();
        return Resource.newBuilder()
                .setName(uid)
                .setVersion("v1")
                .setResource(Any.pack(Address.newBuilder().setWorkload(workload).build()))
                .build();
    }
}
