package io.periplus.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.periplus.api.NamespacedName;
import io.periplus.controlplane.auth.ReviewUnavailableException;
import io.periplus.wire.ca.IstioCertificateRequest;
import io.periplus.wire.ca.IstioCertificateResponse;
import io.periplus.wire.ca.IstioCertificateServiceGrpc;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CertificateServiceTest {
    private static final String ZTUNNEL = "istio-system/ztunnel/ztunnel-1/uid-ztunnel-1";
    private Fixture fixture;

    @BeforeEach
    void start() throws Exception {
        fixture = new Fixture();
        fixture.change(index -> {
            index.watched.pods.put(
                    Fixture.ZTUNNEL, Fixture.pod("istio-system", "ztunnel-1", "ztunnel", "node1", "10.1.0.2"));
            index.watched.pods.put(
                    new NamespacedName("istio-system", "ztunnel-1"),
                    Fixture.pod("istio-system", "ztunnel-1", "ztunnel", "node1", "10.1.0.2"));
            index.watched.pods.put(
                    new NamespacedName("accounts", "web"), Fixture.pod("accounts", "web", "web", "node1", "10.1.0.5"));
            index.watched.pods.put(
                    new NamespacedName("accounts", "far"), Fixture.pod("accounts", "far", "far", "node2", "10.1.0.6"));
        });
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void aCallerGetsACertificateForItself() throws Exception {
        IstioCertificateResponse response = ask("accounts/waypoint/waypoint-1/uid", "", 3600);
        X509Certificate leaf = certificate(response.getCertChain(0));
        assertThat(leaf.getSubjectAlternativeNames().iterator().next().get(1))
                .isEqualTo("spiffe://cluster.local/ns/accounts/sa/waypoint");
        assertThat(leaf.getSubjectX500Principal().getName()).isEmpty();
        assertThat(leaf.getCriticalExtensionOIDs()).contains("2.5.29.17", "2.5.29.15");
        assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
        assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
        assertThat(Duration.between(Instant.now(), leaf.getNotAfter().toInstant()))
                .isBetween(Duration.ofMinutes(59), Duration.ofMinutes(60));
        assertThat(Duration.between(leaf.getNotBefore().toInstant(), Instant.now()))
                .isBetween(Duration.ofSeconds(119), Duration.ofSeconds(130));
    }

    @Test
    void theRootsAreTheLastElementAndTheLeafVerifiesToThem() throws Exception {
        List<String> chain = ask("accounts/waypoint/waypoint-1/uid", "", 0).getCertChainList();
        assertThat(chain.getLast()).isEqualTo(fixture.authority.roots());
        certificate(chain.getFirst()).verify(certificate(chain.getLast()).getPublicKey());
    }

    @Test
    void aNodeProxyGetsCertificatesForPodsOfItsNodeOnly() throws Exception {
        IstioCertificateResponse response = ask(ZTUNNEL, "spiffe://cluster.local/ns/accounts/sa/web", 0);
        assertThat(certificate(response.getCertChain(0))
                        .getSubjectAlternativeNames()
                        .iterator()
                        .next()
                        .get(1))
                .isEqualTo("spiffe://cluster.local/ns/accounts/sa/web");
        refused(ZTUNNEL, "spiffe://cluster.local/ns/accounts/sa/far", Status.Code.UNAUTHENTICATED);
    }

    @Test
    void onlyTrustedAccountsMayActForOthers() {
        refused("accounts/web/web/uid-web", "spiffe://cluster.local/ns/accounts/sa/far", Status.Code.UNAUTHENTICATED);
    }

    @Test
    void identitiesOfOtherTrustDomainsAreNotGivenOut() {
        refused(ZTUNNEL, "spiffe://elsewhere/ns/accounts/sa/web", Status.Code.UNAUTHENTICATED);
    }

    @Test
    void aTokenOfAnEarlierPodOfThatNameMayNotActForOthers() {
        refused(
                "istio-system/ztunnel/ztunnel-1/uid-of-before",
                "spiffe://cluster.local/ns/accounts/sa/web",
                Status.Code.UNAUTHENTICATED);
    }

    @Test
    void aLifeLongerThanAllowedIsRefusedAndNotCut() {
        assertThatThrownBy(() -> ask(ZTUNNEL, "", Duration.ofDays(91).toSeconds()))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT));
    }

    @Test
    void aRequestThatIsNoneIsAnInvalidArgument() {
        assertThatThrownBy(() -> IstioCertificateServiceGrpc.newBlockingStub(fixture.channel(ZTUNNEL))
                        .createCertificate(IstioCertificateRequest.newBuilder()
                                .setCsr(
                                        "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n")
                                .build()))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT));
    }

    @Test
    void whileTokensCannotBeReviewedTheCallerIsToldToComeBack() throws Exception {
        try (Fixture outage = new Fixture((token, audiences) -> {
            throw new ReviewUnavailableException("connection refused", new IllegalStateException());
        })) {
            assertThatThrownBy(() -> IstioCertificateServiceGrpc.newBlockingStub(outage.channel(ZTUNNEL))
                            .createCertificate(IstioCertificateRequest.newBuilder()
                                    .setCsr(csr())
                                    .build()))
                    .isInstanceOfSatisfying(
                            StatusRuntimeException.class,
                            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
        }
    }

    private void refused(String token, String wanted, Status.Code code) {
        assertThatThrownBy(() -> ask(token, wanted, 0))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(code));
    }

    private IstioCertificateResponse ask(String token, String impersonated, long seconds) throws Exception {
        IstioCertificateRequest.Builder request =
                IstioCertificateRequest.newBuilder().setCsr(csr()).setValidityDuration(seconds);
        if (!impersonated.isEmpty()) {
            request.setMetadata(Struct.newBuilder()
                    .putFields(
                            "ImpersonatedIdentity",
                            Value.newBuilder().setStringValue(impersonated).build()));
        }
        return IstioCertificateServiceGrpc.newBlockingStub(fixture.channel(token))
                .createCertificate(request.build());
    }

    private static String csr() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair pair = generator.generateKeyPair();
        byte[] encoded = new JcaPKCS10CertificationRequestBuilder(new X500Principal(""), pair.getPublic())
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
                .getEncoded();
        return "-----BEGIN CERTIFICATE REQUEST-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded)
                + "\n-----END CERTIFICATE REQUEST-----\n";
    }

    private static X509Certificate certificate(String pem) throws Exception {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    }
}
