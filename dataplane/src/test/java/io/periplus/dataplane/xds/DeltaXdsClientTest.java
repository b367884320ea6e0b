package io.periplus.dataplane.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.grpc.Metadata;
import io.grpc.stub.StreamObserver;
import io.periplus.dataplane.controlplane.ControlPlaneAddress;
import io.periplus.dataplane.controlplane.ControlPlaneChannels;
import io.periplus.dataplane.index.IndexStore;
import io.periplus.dataplane.policy.PolicyStore;
import io.periplus.dataplane.telemetry.MetricsRegistry;
import io.periplus.dataplane.testing.TestAuthority;
import io.periplus.dataplane.testing.TestControlPlane;
import io.periplus.wire.authorization.Authorization;
import io.periplus.wire.authorization.Scope;
import io.periplus.wire.workload.Address;
import io.periplus.wire.workload.Workload;
import io.periplus.wire.xds.DeltaDiscoveryRequest;
import io.periplus.wire.xds.DeltaDiscoveryResponse;
import io.periplus.wire.xds.Resource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The xDS client against a real gRPC server. */
class DeltaXdsClientTest {
    private static final String ADDRESS = AddressHandler.TYPE_URL;
    private static final String POLICY = PolicyHandler.ZTUNNEL_TYPE_URL;

    @TempDir
    Path files;

    private final TestAuthority authority = new TestAuthority();
    private final IndexStore index = new IndexStore();
    private final PolicyStore policies = new PolicyStore();
    private final MetricsRegistry metrics = new MetricsRegistry();
    private Path token;
    private TestControlPlane controlPlane;
    private ControlPlaneChannels channels;
    private DeltaXdsClient client;

    @BeforeEach
    void start() throws Exception {
        controlPlane = new TestControlPlane(authority, 0);
        Path roots = Files.writeString(files.resolve("root-cert.pem"), TestAuthority.pem(authority.root()));
        token = Files.writeString(files.resolve("istio-token"), "first\n");
        channels = new ControlPlaneChannels(
                new ControlPlaneAddress(controlPlane.uri(), roots, token, "cluster1", Map.of("x-tenant", "a")));
        client = new DeltaXdsClient(
                channels,
                ProxyNode.of(
                        "ztunnel", "10.0.0.1", "ztunnel-x", "istio-system", "cluster.local", Map.of("NODE_NAME", "n1")),
                List.of(PolicyHandler.forZtunnel(policies), new AddressHandler(index)),
                new XdsMetrics(metrics));
        client.start();
    }

    @AfterEach
    void stop() {
        client.close();
        channels.close();
        controlPlane.close();
    }

    @Test
    void introducesItselfAndAsksForEverything() throws Exception {
        DeltaDiscoveryRequest first = controlPlane.nextRequest();
        DeltaDiscoveryRequest second = controlPlane.nextRequest();
        assertThat(List.of(first.getTypeUrl(), second.getTypeUrl())).containsExactly(POLICY, ADDRESS);
        assertThat(first.getNode().getId())
                .isEqualTo("ztunnel~10.0.0.1~ztunnel-x.istio-system~istio-system.svc.cluster.local");
        assertThat(first.getNode().getMetadata().getFieldsOrThrow("NODE_NAME").getStringValue())
                .isEqualTo("n1");
        assertThat(first.getNode()
                        .getMetadata()
                        .getFieldsOrThrow("INSTANCE_IPS")
                        .getStringValue())
                .isEqualTo("10.0.0.1");
        assertThat(first.getResourceNamesSubscribeList()).isEmpty();
        Metadata headers = TestControlPlane.taken(controlPlane.callHeaders);
        assertThat(header(headers, "authorization")).isEqualTo("Bearer first");
        assertThat(header(headers, "clusterid")).isEqualTo("cluster1");
        assertThat(header(headers, "x-tenant")).isEqualTo("a");
    }

    @Test
    void appliesAddressesOnlyAfterThePoliciesAndIsSyncedThen() throws Exception {
        StreamObserver<DeltaDiscoveryResponse> stream = opened();
        stream.onNext(response(ADDRESS, "a1", resource("w", "v1", workload("w"))));
        stream.onNext(response(POLICY, "p1"));
        assertThat(controlPlane.nextRequest().getResponseNonce()).isEqualTo("p1");
        assertThat(controlPlane.nextRequest().getResponseNonce()).isEqualTo("a1");
        client.synced().get(5, java.util.concurrent.TimeUnit.SECONDS);
        assertThat(index.current().workload("w")).isNotNull();
    }

    @Test
    void rejectsWhatItCannotUseAndAppliesTheRest() throws Exception {
        StreamObserver<DeltaDiscoveryResponse> stream = opened();
        stream.onNext(response(POLICY, "p1"));
        assertThat(controlPlane.nextRequest().hasErrorDetail()).isFalse();
        Message bad = Address.newBuilder()
                .setWorkload(Workload.newBuilder().setUid("bad").addAddresses(ByteString.copyFrom(new byte[3])))
                .build();
        stream.onNext(response(ADDRESS, "a1", resource("bad", "v1", bad), resource("w", "v1", workload("w"))));
        DeltaDiscoveryRequest answer = controlPlane.nextRequest();
        assertThat(answer.getErrorDetail().getMessage()).isEqualTo("bad: address of 3 bytes (expected: 4 or 16)");
        assertThat(index.current().workload("w")).isNotNull();
    }

    @Test
    void comesBackWithWhatItHoldsAndTheTokenOfTheDay() throws Exception {
        StreamObserver<DeltaDiscoveryResponse> stream = opened();
        Authorization policy = Authorization.newBuilder()
                .setName("deny")
                .setNamespace("ns")
                .setScope(Scope.NAMESPACE)
                .build();
        stream.onNext(response(POLICY, "p1", resource("ns/deny", "", policy)));
        stream.onNext(response(ADDRESS, "a1", resource("w", "v1", workload("w")), resource("x", "v2", workload("x"))));
        controlPlane.nextRequest();
        controlPlane.nextRequest();
        stream.onNext(
                response(ADDRESS, "a2").toBuilder().addRemovedResources("x").build());
        controlPlane.nextRequest();
        Files.writeString(token, "second");
        TestControlPlane.taken(controlPlane.callHeaders);
        stream.onCompleted();

        StreamObserver<DeltaDiscoveryResponse> again = controlPlane.nextStream();
        assertThat(header(TestControlPlane.taken(controlPlane.callHeaders), "authorization"))
                .isEqualTo("Bearer second");
        assertThat(controlPlane.nextRequest().getInitialResourceVersionsMap()).isEqualTo(Map.of("ns/deny", ""));
        assertThat(controlPlane.nextRequest().getInitialResourceVersionsMap()).isEqualTo(Map.of("w", "v1"));
        assertThat(index.current().workload("w")).isNotNull();
        again.onNext(
                response(ADDRESS, "b1").toBuilder().addRemovedResources("w").build());
        await().untilAsserted(() -> assertThat(index.current().workload("w")).isNull());
        StringBuilder text = new StringBuilder();
        metrics.expose(text);
        assertThat(text)
                .contains("istio_xds_connection_terminations_total{reason=\"Complete\"} 1\n")
                .contains("istio_xds_message_total{url=\"" + ADDRESS + "\"} 3\n");
    }

    @Test
    void findsAControlPlaneThatWasAway() throws Exception {
        opened();
        int port = controlPlane.port();
        controlPlane.close();
        await().until(() -> {
            try {
                controlPlane = new TestControlPlane(authority, port);
                return true;
            } catch (java.io.IOException stillBusy) {
                return false;
            }
        });
        assertThat(controlPlane.nextRequest().getTypeUrl()).isEqualTo(POLICY);
    }

    private StreamObserver<DeltaDiscoveryResponse> opened() throws InterruptedException {
        controlPlane.nextRequest();
        controlPlane.nextRequest();
        return controlPlane.nextStream();
    }

    private static String header(Metadata headers, String name) {
        return headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
    }

    private static DeltaDiscoveryResponse response(String type, String nonce, Resource... resources) {
        return DeltaDiscoveryResponse.newBuilder()
                .setTypeUrl(type)
                .setNonce(nonce)
                .addAllResources(List.of(resources))
                .build();
    }

    private static Resource resource(String name, String version, Message message) {
        return Resource.newBuilder()
                .setName(name)
                .setVersion(version)
                .setResource(Any.pack(message))
                .build();
    }

    private static Address workload(String uid) {
        return Address.newBuilder()
                .setWorkload(Workload.newBuilder().setUid(uid).setName(uid).setNamespace("ns"))
                .build();
    }
}
