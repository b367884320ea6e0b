package io.periplus.dataplane.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.Metadata;
import io.periplus.api.SpiffeId;
import io.periplus.dataplane.controlplane.ControlPlaneAddress;
import io.periplus.dataplane.controlplane.ControlPlaneChannels;
import io.periplus.dataplane.index.IndexStore;
import io.periplus.dataplane.testing.TestAuthority;
import io.periplus.dataplane.testing.TestControlPlane;
import io.periplus.wire.ca.IstioCertificateRequest;
import io.periplus.wire.workload.Address;
import io.periplus.wire.workload.TunnelProtocol;
import io.periplus.wire.workload.Workload;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates against a real certificate service. */
class CertificateManagerTest {
    private static final SpiffeId CURL = new SpiffeId("cluster.local", "finance", "curl");
    private static final SpiffeId WEB = new SpiffeId("cluster.local", "finance", "web");

    @TempDir
    Path files;

    private Path roots;
    private TestControlPlane controlPlane;
    private ControlPlaneChannels channels;
    private GrpcCertificateAuthority authority;
    private CertificateManager certificates;
    private final BlockingQueue<WorkloadCertificate> issued = new LinkedBlockingQueue<>();

    @BeforeEach
    void start() throws Exception {
        controlPlane = new TestControlPlane(new TestAuthority(), 0);
        roots = Files.writeString(files.resolve("root-cert.pem"), TestAuthority.pem(controlPlane.authority.root()));
        Path token = Files.writeString(files.resolve("istio-token"), "token");
        channels = new ControlPlaneChannels(
                new ControlPlaneAddress(controlPlane.uri(), roots, token, "cluster1", Map.of("x-tenant", "b")));
        authority = new GrpcCertificateAuthority(channels, Duration.ofHours(24), true);
        certificates = new CertificateManager(authority, Clock.systemUTC());
        certificates.onIssued(issued::add);
    }

    @AfterEach
    void stop() {
        certificates.close();
        authority.close();
        channels.close();
        controlPlane.close();
    }

    @Test
    void manyCallersShareOneRequestForTheImpersonatedIdentity() throws Exception {
        List<CompletableFuture<WorkloadCertificate>> callers = java.util.stream.IntStream.range(0, 20)
                .mapToObj(i -> certificates.fetch(CURL))
                .toList();
        WorkloadCertificate first = get(callers.getFirst());
        for (CompletableFuture<WorkloadCertificate> caller : callers) {
            assertThat(get(caller)).isSameAs(first);
        }
        assertThat(first.identity()).isEqualTo(CURL);
        assertThat(first.roots()).containsExactly(controlPlane.authority.root());
        assertThat(certificates.current(CURL)).isSameAs(first);
        IstioCertificateRequest request = TestControlPlane.taken(controlPlane.signingRequests);
        assertThat(controlPlane.signingRequests).isEmpty();
        assertThat(request.getValidityDuration()).isEqualTo(86_400);
        assertThat(request.getMetadata()
                        .getFieldsOrThrow("ImpersonatedIdentity")
                        .getStringValue())
                .isEqualTo("spiffe://cluster.local/ns/finance/sa/curl");
    }

    @Test
    void renewsAtHalfLifeAndTellsListeners() throws Exception {
        controlPlane.lifetime = Duration.ofSeconds(3);
        WorkloadCertificate first = get(certificates.fetch(CURL));
        controlPlane.lifetime = Duration.ofHours(1);
        assertThat(TestControlPlane.taken(issued)).isSameAs(first);
        WorkloadCertificate second = TestControlPlane.taken(issued);
        assertThat(second.notAfter()).isAfter(first.notAfter());
        assertThat(certificates.current(CURL)).isSameAs(second);
    }

    @Test
    void keepsTheOldOneWhileRenewingFailsAndRecovers() throws Exception {
        controlPlane.lifetime = Duration.ofSeconds(4);
        WorkloadCertificate first = get(certificates.fetch(CURL));
        controlPlane.refuseSigning.set(1);
        await().atMost(5, TimeUnit.SECONDS)
                .until(() -> certificates.states().getFirst().failure() != null);
        assertThat(get(certificates.fetch(CURL))).isSameAs(first);
        await().atMost(10, TimeUnit.SECONDS).until(() -> certificates.current(CURL) != first);
        assertThat(certificates.states().getFirst().failure()).isNull();
    }

    @Test
    void aRefusalIsToldAtOnceAndRetriedInTheBackground() throws Exception {
        controlPlane.refuseSigning.set(1);
        assertThatThrownBy(() -> get(certificates.fetch(CURL)))
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("no certificate for " + CURL)
                .hasMessageContaining("PERMISSION_DENIED: not for you");
        assertThat(certificates.fetch(CURL)).isCompletedExceptionally();
        await().atMost(5, TimeUnit.SECONDS).until(() -> certificates.current(CURL) != null);
    }

    /** Whoever saw nothing held, and then no failure, came between a failure and the next attempt's success. */
    @Test
    void aFailureThatIsOverIsNotTold() throws Exception {
        WorkloadCertificate now = get(certificates.fetch(CURL));
        CertificateEntry entry = new CertificateEntry(CURL, CertificateEntry.Urgency.REAL_TIME);
        entry.first.completeExceptionally(new CertificateException(CURL, "the first attempt's failure", null));
        entry.certificate = now;

        assertThat(get(certificates.outcome(entry))).isSameAs(now);
    }

    @Test
    void whatIsWantedAgainWhileItIsForgottenIsFetched() throws Exception {
        WorkloadCertificate first = get(certificates.fetch(CURL));
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        certificates.onIssued(_ -> {
            busy.countDown();
            try {
                done.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        certificates.prefetch(WEB);
        busy.await();

        certificates.forget(CURL);
        certificates.prefetch(CURL);
        done.countDown();

        await().until(() -> certificates.current(CURL) != null && certificates.current(CURL) != first);
    }

    @Test
    void podsOfThisNodeAreFetchedBeforehandAndForgottenWithTheLast() throws Exception {
        IndexStore index = new IndexStore();
        index.onChange(new LocalIdentities(certificates, "node1"));
        index.apply(Map.of("a", pod("a", "node1"), "b", pod("b", "node1"), "c", pod("c", "node2")), List.of());
        await().until(() -> certificates.current(new SpiffeId("cluster.local", "finance", "web")) != null);
        assertThat(controlPlane.signingRequests).hasSize(1);
        index.apply(Map.of(), List.of("a"));
        assertThat(certificates.current(WEB)).isNotNull();
        index.apply(Map.of(), List.of("b"));
        await().until(() -> certificates.states().isEmpty());
    }

    @Test
    void whatAPodAskedForBeforeItsRecordSaidThatItIsEnrolledGoesWithThePod() throws Exception {
        IndexStore index = new IndexStore();
        index.onChange(new LocalIdentities(certificates, "node1"));
        Address plain = Address.newBuilder()
                .setWorkload(pod("a", "node1").getWorkload().toBuilder().setTunnelProtocol(TunnelProtocol.NONE))
                .build();
        index.apply(Map.of("a", plain), List.of());
        get(certificates.fetch(WEB));
        index.apply(Map.of("a", plain), List.of());
        index.apply(Map.of(), List.of("elsewhere"));
        assertThat(certificates.states()).hasSize(1);
        index.apply(Map.of(), List.of("a"));
        await().until(() -> certificates.states().isEmpty());
    }

    @Test
    void theAuthorityIsToldWhatTheSettingsSay() throws Exception {
        get(certificates.fetch(CURL));
        assertThat(TestControlPlane.taken(controlPlane.callHeaders)
                        .get(Metadata.Key.of("x-tenant", Metadata.ASCII_STRING_MARSHALLER)))
                .isEqualTo("b");
    }

    @Test
    void anAuthorityWithAnotherRootIsTrustedWhenTheFileOfRootsIs() throws Exception {
        get(certificates.fetch(CURL));
        int port = controlPlane.port();
        controlPlane.close();
        TestAuthority fresh = new TestAuthority();
        await().until(() -> {
            try {
                controlPlane = new TestControlPlane(fresh, port);
                return true;
            } catch (java.io.IOException stillBusy) {
                return false;
            }
        });
        assertThatThrownBy(() -> get(certificates.fetch(WEB))).hasMessageContaining("no certificate for " + WEB);

        Files.writeString(roots, TestAuthority.pem(fresh.root()));

        await().atMost(10, TimeUnit.SECONDS).until(() -> certificates.current(WEB) != null);
        assertThat(certificates.fetch(WEB).get().roots()).containsExactly(fresh.root());
    }

    @Test
    void theLastElementOfAnAnswerMayHoldSeveralRoots() throws Exception {
        TestAuthority other = new TestAuthority();
        SigningRequest request = SigningRequest.create(CURL);
        String leaf = TestAuthority.pem(controlPlane.authority.sign(request.pem(), Duration.ofHours(1)));
        String both = TestAuthority.pem(controlPlane.authority.root()) + TestAuthority.pem(other.root());
        assertThat(IssuedChain.read(CURL, request.keys(), List.of(leaf, both)).roots())
                .containsExactly(controlPlane.authority.root(), other.root());
    }

    @Test
    void aCertificateForSomeoneElseIsRefused() {
        CertificateManager lying = new CertificateManager(identity -> authority.issue(WEB), Clock.systemUTC());
        try (lying) {
            assertThat(get(lying.fetch(WEB)).identity()).isEqualTo(WEB);
            SigningRequest request = SigningRequest.create(CURL);
            String leaf = TestAuthority.pem(controlPlane.authority.sign(request.pem(), Duration.ofHours(1)));
            String root = TestAuthority.pem(controlPlane.authority.root());
            assertThatThrownBy(() -> IssuedChain.read(WEB, request.keys(), List.of(leaf, root)))
                    .hasMessageContaining("certified " + CURL);
            assertThatThrownBy(() ->
                            IssuedChain.read(CURL, SigningRequest.create(CURL).keys(), List.of(leaf, root)))
                    .hasMessageContaining("another key");
            assertThatThrownBy(() -> IssuedChain.read(CURL, request.keys(), List.of(leaf)))
                    .hasMessageContaining("answered 1 certificates");
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static Address pod(String uid, String node) {
        return Address.newBuilder()
                .setWorkload(Workload.newBuilder()
                        .setUid(uid)
                        .setNamespace("finance")
                        .setServiceAccount("web")
                        .setNode(node)
                        .setTunnelProtocol(TunnelProtocol.HBONE))
                .build();
    }

    private static WorkloadCertificate get(CompletableFuture<WorkloadCertificate> future) throws Exception {
        return future.get(10, TimeUnit.SECONDS);
    }
}
