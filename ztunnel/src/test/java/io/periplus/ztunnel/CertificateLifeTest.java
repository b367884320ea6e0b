package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.periplus.api.SpiffeId;
import io.periplus.dataplane.identity.CertificateAuthority;
import io.periplus.dataplane.identity.CertificateManager;
import io.periplus.dataplane.identity.WorkloadCertificate;
import io.periplus.dataplane.telemetry.MetricsRegistry;
import io.periplus.dataplane.testing.Leftovers;
import io.periplus.dataplane.testing.TestAuthority;
import io.periplus.dataplane.tls.RevocationFile;
import io.periplus.dataplane.tls.Revocations;
import io.periplus.ztunnel.dns.DnsSettings;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of connections between two pods while their certificates are renewed or revoked. */
@Timeout(40)
final class CertificateLifeTest {
    private static final String VIP = "10.96.0.7";
    private static final int PORT = 8080;

    @Test
    void aRenewedCertificateIsUsedByNewConnectionsAndDropsNoOldOne() throws Exception {
        TestAuthority authority = new TestAuthority();
        AtomicInteger issued = new AtomicInteger();
        Map<SpiffeId, WorkloadCertificate> newest = new ConcurrentHashMap<>();
        Duration lifetime = Duration.ofSeconds(4);
        CertificateAuthority shortLived = identity -> {
            issued.incrementAndGet();
            TestAuthority.Issued leaf = authority.issue(identity, lifetime);
            WorkloadCertificate certificate = new WorkloadCertificate(
                    identity, leaf.key(), List.of(leaf.certificate()), List.of(authority.root()));
            newest.put(identity, certificate);
            return certificate;
        };
        try (CertificateManager certificates = new CertificateManager(shortLived, Clock.systemUTC());
                PodNetwork network = new PodNetwork();
                TestNode node = new TestNode(DnsSettings.OFF, Revocations.NONE, certificates)) {
            PodHost cart = network.pod("cart", true);
            PodHost stock = network.pod("stock", true);
            node.enrol(cart);
            node.enrol(stock, "stock");
            node.publish(TestNode.service("stock", VIP, 80, PORT).build());
            try (PodHost.EchoApp _ = stock.echo(PORT);
                    Socket old = cart.connect(VIP, 80)) {
                assertThat(echo(old)).isEqualTo(7);
                Instant expiry = newest.values().iterator().next().notAfter();

                await().atMost(Duration.ofSeconds(20)).until(() -> {
                    assertThat(echo(old)).isEqualTo(7);
                    assertThat(cart.call(VIP, 80, "new")).isEqualTo("new");
                    return Instant.now().isAfter(expiry.plusSeconds(2));
                });

                assertThat(echo(old)).as("older than its certificate").isEqualTo(7);
                assertThat(issued.get()).as("both identities, twice and more").isBetween(4, 12);
                assertThat(node.flows.ended).allMatch(ended -> ended.error() == null);
            }
        }
    }

    @Test
    void withTheAuthorityAwayConnectionsOutliveTheirCertificateAndNewOnesWaitForItsReturn() throws Exception {
        TestAuthority authority = new TestAuthority();
        AtomicBoolean away = new AtomicBoolean();
        AtomicReference<Instant> expiry = new AtomicReference<>(Instant.EPOCH);
        CertificateAuthority shortLived = identity -> {
            if (away.get()) {
                throw new IOException("the authority is away");
            }
            TestAuthority.Issued leaf = authority.issue(identity, Duration.ofSeconds(5));
            WorkloadCertificate certificate = new WorkloadCertificate(
                    identity, leaf.key(), List.of(leaf.certificate()), List.of(authority.root()));
            expiry.accumulateAndGet(certificate.notAfter(), (a, b) -> a.isAfter(b) ? a : b);
            return certificate;
        };
        try (Leftovers _ = new Leftovers();
                CertificateManager certificates = new CertificateManager(shortLived, Clock.systemUTC());
                PodNetwork network = new PodNetwork();
                TestNode node = new TestNode(DnsSettings.OFF, Revocations.NONE, certificates)) {
            PodHost cart = network.pod("cart", true);
            PodHost stock = network.pod("stock", true);
            node.enrol(cart);
            node.enrol(stock, "stock");
            node.publish(TestNode.service("stock", VIP, 80, PORT).build());
            try (PodHost.EchoApp _ = stock.echo(PORT);
                    Socket old = cart.connect(VIP, 80)) {
                assertThat(echo(old)).isEqualTo(7);
                away.set(true);
                await().atMost(Duration.ofSeconds(15)).until(() -> {
                    assertThat(echo(old)).isEqualTo(7);
                    return Instant.now().isAfter(expiry.get());
                });

                assertThat(cart.isServed(VIP, 80)).as("without a certificate").isFalse();
                assertThat(node.flows.of(Flow.Reporter.SOURCE).getLast().error())
                        .contains("no certificate for spiffe://cluster.local/ns/shop/sa/cart")
                        .contains("the authority is away");
                assertThat(echo(old)).as("older than its certificate").isEqualTo(7);

                away.set(false);
                await().atMost(Duration.ofSeconds(10)).until(() -> cart.isServed(VIP, 80));
                assertThat(echo(old)).isEqualTo(7);
            }
        }
    }

    @Test
    void aRevokedClientIsCutAndReportedByTheEndThatKnows(@TempDir Path files) throws Exception {
        Path file = files.resolve("ca.crl");
        MetricsRegistry metrics = new MetricsRegistry();
        Revocations revocations = new Revocations(new RevocationMetrics(metrics));
        try (RevocationFile _ = RevocationFile.follow(file, revocations, Duration.ofMillis(100));
                PodNetwork network = new PodNetwork();
                TestNode node = new TestNode(DnsSettings.OFF, revocations, null)) {
            PodHost cart = network.pod("cart", true);
            PodHost stock = network.pod("stock", true);
            node.enrol(cart);
            node.enrol(stock, "stock");
            node.publish(TestNode.service("stock", VIP, 80, PORT).build());
            try (PodHost.EchoApp _ = stock.echo(PORT);
                    Socket open = cart.connect(VIP, 80)) {
                assertThat(echo(open)).isEqualTo(7);

                Files.writeString(
                        file,
                        node.ca.revoke(node.node
                                .certificates()
                                .current(new SpiffeId("cluster.local", TestNode.NAMESPACE, "cart"))
                                .leaf()));

                assertThat(endOf(open)).isTrue();
                var inbound = await().until(() -> node.flows.of(Flow.Reporter.DESTINATION), ended -> !ended.isEmpty())
                        .getFirst();
                assertThat(inbound.flag()).isEqualTo(ResponseFlag.CERT_REVOKED);
                assertThat(inbound.error()).contains("was revoked");
                StringBuilder text = new StringBuilder();
                metrics.expose(text);
                assertThat(text)
                        .contains("istio_crl_policy_rejections_total{reporter=\"destination\"} 1")
                        .doesNotContain("reporter=\"source\"");
            }
        }
    }

    private static int echo(Socket socket) throws IOException {
        socket.getOutputStream().write(7);
        return socket.getInputStream().read();
    }

    private static boolean endOf(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (java.net.SocketTimeoutException _) {
            return false;
        } catch (IOException _) {
            return true;
        }
    }
}
